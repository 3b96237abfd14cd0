"""Home and search: pages that gather what every app offers."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_GET

from itsm.core import clock, ui


@require_GET
def home(request):
    """What needs this person now: the tiles that the apps offer them."""
    if not request.user.is_internal:
        raise PermissionDenied
    at = clock.now()
    return render(request, "home.html", {"tiles": ui.tiles_for(request.user, at), "at": at})


@require_GET
def search(request):
    """Records by number or by Chinese or English words."""
    if not request.user.is_internal:
        raise PermissionDenied
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    return render(request, "search.html", {"words": words, "results": ui.search(request.user, words) if words else []})
