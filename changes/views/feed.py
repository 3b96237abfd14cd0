"""The iCalendar feed, opened by its token alone; and the page where somebody makes, renews or takes back their own."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from changes import feed, services
from changes.forms.scheduling import CalendarForm
from changes.models import CalendarFeed
from changes.services import feeding
from itsm.core import clock


@login_not_required
@require_safe
@never_cache
def feed_file(request, token):
    """Scheduled changes and freezes for a calendar program; 404 for a token that opens nothing."""
    person = feeding.reader(token)
    if person is None:
        raise Http404
    with translation.override(person.language):
        body = feed.ics(person, CalendarForm(request.GET).chosen(), clock.now())
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


@require_http_methods(["GET", "POST"])
@never_cache
def feed_page(request):
    """One's own feed. A new address is shown once, on the page that answers the button."""
    if request.method == "POST" and "revoke" in request.POST:
        services.revoke_feed(by=request.user)
        messages.success(request, _("The address opens nothing any more."))
        return redirect("changes:feed")
    address = ""
    if request.method == "POST":
        address = settings.SITE_URL + reverse("changes:feed_file", args=[services.make_feed(by=request.user)])
    standing = CalendarFeed.objects.filter(person=request.user, revoked_at=None).first()
    return render(request, "changes/feed.html", {"address": address, "feed": standing, "form": CalendarForm()})
