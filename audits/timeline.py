"""One timeline of a finding and all rounds of its correction: steps, approvals and escalations, in the order they happened."""

import dataclasses
from datetime import date, datetime
from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from audits.days import worded
from audits.grading import Grade
from audits.models import Climb, CorrectiveAction, Due, Finding, PlanApproval
from itsm.core.models import StepTaken
from itsm.people.models import Person

DONE = {
    "answer": gettext_lazy("Answered"),
    "keep_grade": gettext_lazy("The suggested grade was refused"),
    "settle": gettext_lazy("Settled"),
    "withdraw": gettext_lazy("Withdrawn"),
    "close": gettext_lazy("Finding closed"),
    "correct": gettext_lazy("Correction noted"),
    "explain": gettext_lazy("Cause named"),
    "look_around": gettext_lazy("Extent checked"),
    "propose": pgettext_lazy("timeline", "Plan proposed"),
    "send_back": gettext_lazy("Plan sent back"),
    "approve": gettext_lazy("Plan approved by everybody who had to"),
    "ask_again": gettext_lazy("The plan of a major nonconformity needs other approvals"),
    "implement": gettext_lazy("Reported done"),
}
SILENT = ("begin", "await_verdict", "reopen", "drop")
"""Steps of a finding that only follow one of its action."""
ICONS = {
    "answer": "message", "regrade": "flag", "keep_grade": "check", "settle": "circle-check", "withdraw": "x", "close": "circle-check",
    "correct": "tool", "explain": "search", "look_around": "eye", "propose": "send", "send_back": "arrow-back-up", "approve": "check",
    "implement": "check", "draw": "list-check", "find_effective": "shield-check", "find_ineffective": "alert-triangle",
    "move_due": "calendar", "hand_over": "transfer", "climb": "stairs-up", "seat": "check",
}  # fmt: skip


@dataclasses.dataclass
class Entry:
    """One line. `kind`: step, approval or climb; `sign` is an icon's name; `round`: the action's, 0 for the finding itself."""

    kind: str
    at: datetime
    person: Person | None
    text: str
    remark: str = ""
    sign: str = "point"
    round: int = 0

    KINDS: ClassVar = ("step", "approval", "climb")


def timeline(finding, actions):
    """Everything that happened, oldest first; five queries however long it is. actions: all of the finding's."""
    cycles = {action.pk: action.cycle for action in actions}
    kinds = ContentType.objects.get_for_models(Finding, CorrectiveAction)
    own = Q(content_type=kinds[Finding], object_id=finding.pk)
    steps = StepTaken.objects.filter(own | Q(content_type=kinds[CorrectiveAction], object_id__in=cycles)).select_related("by")
    steps = [step for step in steps if step.step not in SILENT]
    people = Person.objects.in_bulk({step.details.get("to") for step in steps if step.step == "hand_over"})
    entries = [_of_step(step, 0 if step.content_type_id == kinds[Finding].pk else cycles[step.object_id], people) for step in steps]
    entries += [_of_approval(a, cycles) for a in PlanApproval.objects.filter(action__in=cycles).select_related("by")]
    entries += [_of_climb(climb, cycles) for climb in Climb.objects.filter(action__in=cycles)]
    return sorted(entries, key=lambda entry: (entry.at, entry.kind))


def _of_step(step, cycle, people):
    text = WORDED[step.step](step.details, people) if step.step in WORDED else str(DONE.get(step.step, step.step))
    return Entry("step", step.effective_at, step.by, text, step.reason, ICONS.get(step.step, "point"), cycle)


def _day(text):
    return worded(date.fromisoformat(text))


WORDED = {
    "regrade": lambda kept, _p: _("Graded anew: %(from)s → %(to)s") % {name: Grade(kept[name]).label for name in ("from", "to")},
    "draw": lambda kept, _p: _("Sample drawn: %(chosen)s of %(population)s records") % kept,
    "find_effective": lambda kept, _p: _("Effective: %(passed)s of %(judged)s records pass") % kept,
    "find_ineffective": lambda kept, _p: _("Not effective: %(passed)s of %(judged)s records pass") % kept,
    "hand_over": lambda kept, people: _("Handed over to %(person)s") % {"person": people[kept["to"]].display},
    "move_due": lambda kept, _p: _("Date moved (%(which)s): %(was)s → %(becomes)s") % {
        "which": Due(kept["which"]).label, "was": _day(kept["was"]), "becomes": _day(kept["becomes"])},
}  # fmt: skip


def _of_approval(approval, cycles):
    text = _("Plan approved as %(seat)s") % {"seat": approval.get_seat_display()}
    return Entry("approval", approval.at, approval.by, text, approval.words, ICONS["seat"], cycles[approval.action_id])


def _of_climb(climb, cycles):
    text = ngettext("%(n)s person was told that this is overdue", "%(n)s people were told that this is overdue", len(climb.people))
    return Entry("climb", climb.at, None, text % {"n": len(climb.people)}, sign=ICONS["climb"], round=cycles[climb.action_id])
