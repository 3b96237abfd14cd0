"""The approval inbox: everything that waits for somebody, each read and decided in place."""

import uuid

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from changes import content, services
from changes.forms.deciding import DecideForm
from changes.models import Change, Choice, Seat
from changes.services import inbox as waiting
from itsm.core import clock, ui
from itsm.core.answers import once
from itsm.core.errors import Refused

SHOWN = 50
DONE = {
    Choice.APPROVE: lambda: _("Approved: %(number)s"),
    Choice.REJECT: lambda: _("Rejected: %(number)s"),
    Choice.ASK: lambda: _("Your question is on its way: %(number)s"),
    Choice.ABSTAIN: lambda: _("You abstained: %(number)s"),
}


@require_safe
def inbox(request):
    """What waits for the reader's decision, the most urgent deadline first."""
    found = services.waiting_for(request.user)
    prefetch_related_objects([one.change for one in found[:SHOWN]], "requester")
    return render(request, "changes/inbox.html", {"waiting": found[:SHOWN], "total": len(found), "more": len(found) > SHOWN})


@require_http_methods(["GET", "HEAD", "POST"])
def seat(request, pk):
    """One seat: GET shows exactly what is decided, POST takes the reader's word; in the inbox as a row, otherwise as a page."""
    ours = Change.objects.visible_to(request.user)
    asked = get_object_or_404(Seat.objects.select_related("stage__round__change").filter(stage__round__change__in=ours), pk=pk)
    if request.method == "POST":
        return _decide(request, asked)
    return _shown(request, asked)


def _decide(request, asked):
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _shown(request, asked, form=form, status=422)
    details = dict(form.cleaned_data)
    key = details.pop("request_key")
    try:
        decision = once(request.user, key, f"decide {asked.pk}", lambda: services.decide(asked, by=request.user, **details))
    except Refused as refused:
        return _refused(request, asked, refused)
    said = DONE[decision.choice]() % {"number": asked.stage.round.change}
    if request.htmx:
        return render(request, "changes/_seat_done.html", {"said": said, "change": asked.stage.round.change})
    messages.success(request, said)
    return redirect(asked.stage.round.change if request.POST.get("back") == "change" else "changes:inbox")


def _refused(request, asked, refused):
    """Say why not; where the change was put to the reader anew in the meantime, with its new content."""
    anew = services.waiting_on(asked.stage.round.change, request.user, clock.now())
    status = 409 if request.htmx else refused.status
    return _shown(request, anew[0].seat if anew else asked, note=refused.sentence, status=status)


def _shown(request, asked, *, form=None, note="", status=200):
    found, why_not = waiting.look_at(asked, request.user, clock.now())
    change = found.change if found else asked.stage.round.change
    sections = content.sections(change)
    facts = {
        "seat": found.seat if found else asked, "decider": found.decider if found else None, "why_not": why_not, "note": note,
        "change": change, "form": form, "impact": [s for s in sections if s.key == "impact"],
        "sections": [s for s in sections if s.key != "impact"],
        "request_key": uuid.uuid4().hex, "other_key": uuid.uuid4().hex, "opened": True,
        "parts": ui.panels_for(change, request.user, region="decide"),
    }  # fmt: skip
    return render(request, "changes/_seat.html" if request.htmx else "changes/seat.html", facts, status=status)
