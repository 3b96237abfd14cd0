"""What is measured of incidents (clauses 8.6.1 and 9.1; design 3.5): how they were logged, how long each part took, how they ended."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models import ClosingKind
from itsm.core import measures
from itsm.core.measures import Better, Lot, Measure, Unit

LOGGED, RESOLVED, CLOSED = "logged", "resolved", "closed"
"""Kinds of facts: an incident was reported (counted at the contact), was solved for the last time, was closed."""
OPEN, OVERDUE = "open", "overdue"
"""The kind of what is open now, and its outcome where a due time has passed; its one length is the age."""
LOGGED_LATE, UNPROMISED = 1, 2
"""Marks of a report: logged later than five minutes after the contact; promised nothing."""
REOPENED, FIRST_CONTACT = 1, 2
"""Marks of a solution: the incident had been reopened; solved at first contact."""
RATED = 1
"""Mark of a closing: the customer gave stars."""
DELAY = 0
"""The length of a report: from the contact to the log, seconds."""
WORKED, WALL, PAUSED = 0, 1, 2
"""The lengths of a solution: service time used, contact to solution on the wall, service time that waited for the customer; seconds."""
STAGES = (
    "logging", "first_wait", "first_work", "handed_wait", "handed_work", "supplier", "customer", "confirming",
)  # fmt: skip
"""Where the time of a closed incident went, on the wall, from the contact to the end: the first lengths of a closing, in this order."""
STARS = len(STAGES)
"""The last length of a closing: the customer's stars."""
STAGE_NAMES = {
    "logging": (_("Logging"), _("From the contact until it was logged.")),
    "first_wait": (_("Waiting for the first handler"), _("Logged, but nobody worked on it yet.")),
    "first_work": (_("Work of the first handler"), _("In progress, before it was handed on.")),
    "handed_wait": (_("Waiting after a hand-over"), _("Handed on, but nobody worked on it yet.")),
    "handed_work": (_("Work after a hand-over"), _("In progress, after it was handed on.")),
    "supplier": (_("Waiting for a supplier"), _("In progress while a supplier was asked.")),
    "customer": (_("Waiting for the customer"), _("The customer was asked and had not answered.")),
    "confirming": (_("Waiting for confirmation"), _("Solved, until it was closed.")),
}  # fmt: skip

_CLOSED_LOT = _("Incidents closed in the period.")
_RESOLVED_LOT = _("Incidents whose last solution was given in the period.")


def _closing(kind, name, definition):
    return Measure(
        f"closed_{kind.value}", CLOSED, name, _("How do incidents end?"), definition, _CLOSED_LOT, Unit.PERCENT, "8.6.1", "quality",
        counted=Lot((kind.value,)), better=Better.DOWN if kind == ClosingKind.LAPSED else Better.UP,
    )  # fmt: skip


def _stage(no, name):
    label, meaning = STAGE_NAMES[name]
    return Measure(
        f"stage_{name}", CLOSED, label, _("Where do we lose time?"), meaning, _CLOSED_LOT, Unit.LENGTH, "9.1", "stages", length=no,
        better=Better.DOWN,
    )  # fmt: skip


MEASURES = (
    Measure(
        "logged_in_time", LOGGED, _("Logged within 5 minutes"), _("Do we log what customers tell us at once?"),
        _("Incidents logged at most five minutes after the contact, of all that were reported."),
        _("Incidents reported in the period."), Unit.PERCENT, "8.6.1", "quality", counted=Lot(without=LOGGED_LATE), goal=100.0,
    ),
    Measure(
        "promised", LOGGED, _("Tickets with a promise"), _("Does every ticket have a promise?"),
        _("Incidents of a customer and service with an agreement, of all that were reported."),
        _("Incidents reported in the period."), Unit.PERCENT, "8.3.3", "quality", counted=Lot(without=UNPROMISED), goal=100.0,
    ),
    Measure(
        "mttr", RESOLVED, _("Service time to resolve"), _("How long do we work until it is solved?"),
        _("Service time used until the solution, waits for the customer not counted: mean, median and 90th percentile."),
        _RESOLVED_LOT, Unit.LENGTH, "8.6.1", "times", length=WORKED, better=Better.DOWN,
    ),
    Measure(
        "mttr_wall", RESOLVED, _("Wall-clock time to restore"), _("How long does the customer wait until it works again?"),
        _("From the contact to the last solution by the clock on the wall, nights and waits included: mean, median, 90th percentile."),
        _RESOLVED_LOT, Unit.LENGTH, "8.6.1", "times", length=WALL, better=Better.DOWN,
    ),
    Measure(
        "pause_share", RESOLVED, _("Share of time paused"), _("How much of the time do we say that we wait for the customer?"),
        _("Service time paused, of the service time running and paused together."),
        _RESOLVED_LOT, Unit.PERCENT, "8.6.1", "times", length=PAUSED, beside=WORKED, better=Better.DOWN,
    ),
    Measure(
        "reopen_rate", RESOLVED, _("Reopened"), _("Does what we repair stay repaired?"),
        _("Incidents reopened at least once, of all whose last solution was given in the period."),
        _RESOLVED_LOT, Unit.PERCENT, "8.6.1", "quality", counted=Lot(marks=REOPENED), better=Better.DOWN,
    ),
    Measure(
        "first_contact", RESOLVED, _("Solved at first contact"), _("How many are solved by whoever takes them first?"),
        _("Solved by the first handler, before the customer had to write again, and not reopened within seven days."),
        _RESOLVED_LOT, Unit.PERCENT, "8.6.1", "quality", counted=Lot(marks=FIRST_CONTACT),
    ),
    _closing(ClosingKind.CONFIRMED, _("Confirmed by the customer"), _("Closed because the customer said so through the link.")),
    _closing(ClosingKind.PHONE, _("Confirmed by phone"), _("Closed because the customer said so on the phone; somebody checked it.")),
    _closing(ClosingKind.LAPSED, _("Lapsed without an answer"), _("Closed because the customer was asked twice and did not answer.")),
    Measure(
        "rating", CLOSED, pgettext_lazy("measure", "Rating"), _("How content are customers?"),
        _("Mean of the stars that customers gave, 1 to 5."), _("Incidents closed in the period whose customer gave stars."),
        Unit.STARS, "8.3.2", "quality", among=Lot(marks=RATED), length=STARS,
    ),
    *(_stage(no, name) for no, name in enumerate(STAGES)),
    Measure(
        "backlog_age", OPEN, _("Age of the backlog"), _("How old is what is open?"),
        _("From the contact until now: mean, median and 90th percentile."), _("Incidents that are open now, whatever the period."),
        Unit.LENGTH, "9.1", "backlog", length=0, better=Better.DOWN, is_live=True,
    ),
    Measure(
        "backlog_overdue", OPEN, _("Overdue"), _("How much of what is open is late?"),
        _("Open incidents whose next due time has passed, of all that are open."), _("Incidents that are open now, whatever the period."),
        Unit.PERCENT, "9.1", "backlog", counted=Lot((OVERDUE,)), better=Better.DOWN, goal=0.0, is_live=True,
    ),
)  # fmt: skip


def register():
    """Make them known."""
    measures.register(*MEASURES)
