"""One change's page, and what people say on it."""

import uuid

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from changes import rules, services
from changes.forms.record import RemarkForm
from changes.models import Change
from changes.stepper import stages
from changes.timeline import decisions_of, open_questions, steps_taken, timeline
from changes.views.acting import buttons
from itsm.core import ui
from itsm.core.answers import once
from itsm.core.flow import open_steps
from itsm.documents.models import Attachment


def found(request, number):
    """The change of this number with what its page shows, if the person may see it; otherwise 404. One query."""
    rows = Change.objects.visible_to(request.user).select_related("requester", "implementer", "edited_by", "model", "assessment")
    return get_object_or_404(rows, number=number)


def change(request, number):
    """One change: what is to be done, who decided, what is next."""
    shown = found(request, number)
    return render(request, "changes/detail.html", page(request, shown, RemarkForm(initial={"request_key": uuid.uuid4().hex})))


def page(request, change, form):
    """Everything the page shows; `form` is the composer's, with its errors where it has some."""
    person = request.user
    free, refused = buttons(change, person)
    taken, decided = steps_taken(change), decisions_of(change)
    entries = timeline(change, taken, decided)
    form.ask(open_questions(decided, [entry.record for entry in entries if entry.kind == "remark"]))
    return {
        "change": change,
        "stages": stages(change, taken),
        "acts": free,
        "refused": refused,
        "main": drawn(ui.panels_for(change, person, "main")),
        "side": drawn(ui.panels_for(change, person, "side")),
        "timeline": entries,
        "files": Attachment.objects.of(change),
        "form": form,
        "may_edit": any(step.name == "edit" for step in open_steps(change, person)),
        "may_raise": rules.may_raise(person),
    }


def drawn(panels):
    """The panels that have something to show: one whose facts are None stays away."""
    return [(template, facts) for template, facts in panels if facts is not None]


@require_POST
def change_say(request, number):
    """The composer: a remark, perhaps in answer to a decider's question."""
    shown = found(request, number)
    form = RemarkForm(request.POST, request.FILES)
    form.ask(open_questions(decisions_of(shown), shown.remarks.all()))
    if not form.is_valid():
        return render(request, "changes/detail.html", page(request, shown, form), status=422)
    details = dict(form.cleaned_data)
    key = details.pop("request_key", "")
    once(request.user, key, f"remark {number}", lambda: services.remark(shown, by=request.user, **details))
    return redirect(shown)
