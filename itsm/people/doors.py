"""Who may come through which door: pages are ours alone unless they say otherwise."""

from django.http import Http404
from rest_framework.permissions import BasePermission

from itsm.people import rules


def open_to_everybody(view):
    """Mark a view that people of customers who signed in may see too."""
    view.open_to_everybody = True
    return view


def is_open(view):
    """Tell whether a view is open to more than our own people: marked, public, or part of signing in."""
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    module = getattr(view_class or view, "__module__", "")
    marked = getattr(view, "open_to_everybody", False) or not getattr(view, "login_required", True)
    return marked or module.startswith("allauth.")


class IsInternal(BasePermission):
    """The API's door: only our own people; for everybody else signed in there is nothing here (404)."""

    def has_permission(self, request, view):
        if request.user.is_authenticated and not rules.is_internal(request.user):
            raise Http404
        return rules.is_internal(request.user)
