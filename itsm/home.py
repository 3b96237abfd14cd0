"""Home and search: pages that gather what every app offers."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from audits.views.auditing import open_to_guests
from itsm.core import clock, ui


@open_to_guests
@require_GET
def home(request):
    """What needs this person now: the tiles that the apps offer them. A guest goes on to their audits."""
    if not request.user.is_internal:
        return redirect("audits:audits")
    at = clock.now()
    return render(request, "home.html", {"tiles": ui.tiles_for(request.user, at), "at": at})


@require_GET
def search(request):
    """Records by number or by Chinese or English words."""
    if not request.user.is_internal:
        raise PermissionDenied
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    return render(request, "search.html", {"words": words, "results": ui.search(request.user, words) if words else []})
