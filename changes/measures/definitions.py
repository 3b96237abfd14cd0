"""What is measured of changes, in words (clause 8.5.1; design 3.5): the definitions that pages, downloads and the API show."""

from django.utils.translation import gettext_lazy as _

from itsm.core import measures
from itsm.core.measures import Better, Lot, Measure, Unit

CARRIED_OUT, DECIDED = "change", "approval"
"""Kinds of facts: the work on a change ended; an approval was decided."""
EMERGENCY, STANDARD, BACKED_OUT, PROVISIONAL = 1, 2, 4, 8
"""Marks of a change carried out. Provisional: a success less than seven days old."""
OVER_TARGET, OVER_TARGET_WALL = 1, 2
"""Marks of an approval: longer than four hours of working time; longer than four hours on the wall."""
WORKED, WALL = 0, 1
"""The lengths of an approval, seconds."""
SUCCESSFUL, UNSUCCESSFUL = "successful", "unsuccessful"

_CARRIED = _("Changes whose work ended in the period.")
_APPROVALS = _("Approvals before a change that were decided in the period.")
MEASURES = (
    Measure(
        "change_success", CARRIED_OUT, _("Change success"), _("Do changes succeed?"),
        _("Carried out in the window, not backed out, not failed, and no incident caused within seven days, of all carried out."),
        _CARRIED, Unit.PERCENT, "8.5.1", "changes", counted=Lot((SUCCESSFUL,)),
    ),
    Measure(
        "emergency_rate", CARRIED_OUT, _("Emergency changes"), _("How much is done in a hurry?"),
        _("Emergency changes, of all carried out that are not standard changes."),
        _("Changes whose work ended in the period, without standard changes."), Unit.PERCENT, "8.5.1", "changes",
        among=Lot(without=STANDARD), counted=Lot(marks=EMERGENCY), better=Better.DOWN,
    ),
    Measure(
        "backed_out_rate", CARRIED_OUT, _("Backed out"), _("How often do we have to go back?"),
        _("Changes that were backed out, of all carried out."), _CARRIED, Unit.PERCENT, "8.5.1", "changes",
        counted=Lot(marks=BACKED_OUT), better=Better.DOWN,
    ),
    Measure(
        "approval_in_target", DECIDED, _("Approved within 4 hours"), _("Do people decide in time?"),
        _("Approvals decided within four hours of working time, of all decided."), _APPROVALS, Unit.PERCENT, "8.5.1", "changes",
        counted=Lot(without=OVER_TARGET),
    ),
    Measure(
        "approval_lead_time", DECIDED, _("Approval lead time"), _("How long does an approval take?"),
        _("Working time from submission to the last decision: mean, median and 90th percentile; the target is four hours."),
        _APPROVALS, Unit.LENGTH, "8.5.1", "changes", length=WORKED, better=Better.DOWN, goal=4 * 3600.0,
    ),
    Measure(
        "approval_lead_time_wall", DECIDED, _("Approval lead time on the wall"), _("How long does whoever asked wait?"),
        _("From submission to the last decision by the clock on the wall: mean, median and 90th percentile."),
        _APPROVALS, Unit.LENGTH, "8.5.1", "changes", length=WALL, better=Better.DOWN,
    ),
)  # fmt: skip


def register():
    """Make them known."""
    measures.register(*MEASURES)
