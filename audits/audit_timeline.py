"""What happened to an audit, step by step."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.timeline import Entry
from itsm.core.models import StepTaken

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


def timeline(audit):
    """Every step, oldest first; one query."""
    steps = StepTaken.objects.about(audit).select_related("by")
    return [
        Entry("climb" if step.step == "doubt" else "step", step.effective_at, step.by, str(DONE.get(step.step, step.step)), step.reason,
              ICONS.get(step.step, "point"))
        for step in steps
    ]  # fmt: skip
