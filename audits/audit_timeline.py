"""What happened to an audit, step by step."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.timeline import Entry
from itsm.core.models import StepTaken
from itsm.people.models import Person

DONE = {
    "edit": _("Plan changed"), "assign": _("Auditor named"), "override": _("Exception to independence allowed"),
    "doubt": _("An auditor is not independent any more"), "invite": _("Guest invited"), "prepare": _("Prepared"),
    "unprepare": _("Back to planning"), "start": _("Audit begun"), "report": _("Report issued"),
    "follow_up": _("Follow-up begun"), "close": _("Audit closed"), "cancel": pgettext_lazy("audit", "Cancelled"),
}  # fmt: skip
ICONS = {
    "edit": "pencil", "assign": "user-check", "override": "alert-triangle", "doubt": "alert-triangle", "invite": "user-plus",
    "prepare": "list-check", "unprepare": "rotate", "start": "player-play", "report": "file-text", "follow_up": "arrow-right",
    "close": "circle-check", "cancel": "x",
}  # fmt: skip


NAMED = ("auditor", "person")
"""Details of a step that name people."""
COLON = ": "


def timeline(audit):
    """Every step, oldest first; three queries."""
    steps = list(StepTaken.objects.about(audit).select_related("by"))
    people = Person.objects.in_bulk({step.details.get(name) for step in steps for name in NAMED if step.details.get(name)})
    areas = {area.pk: area for area in audit.areas.select_related("process")}
    return [
        Entry("climb" if step.step == "doubt" else "step", step.effective_at, step.by, _text(step, people, areas), step.reason,
              ICONS.get(step.step, "point"))
        for step in steps
    ]  # fmt: skip


def _text(step, people, areas):
    """What was done, with the area and the person it was about."""
    about = [areas[step.details["area"]].label] if step.details.get("area") in areas else []
    about += [people[step.details[name]].display for name in NAMED if step.details.get(name) in people]
    text = str(DONE.get(step.step, step.step))
    return f"{text}{COLON}{' → '.join(about)}" if about else text
