"""What is measured of the promises (clauses 8.3.3 and 9.1): how they were kept, how fast somebody answers, whether people are told."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from itsm.core import measures
from itsm.core.measures import Lot, Measure, Unit
from sla.models import Metric, Outcome

PROVISIONAL, RETARGETED, CORRECTED = 1, 2, 4
"""Marks of a verdict: not yet confirmed, broken by another target, judged anew by a correction."""
RESPONDED, FIRED = "responded", "fired"
"""Kinds of facts beside the verdicts, whose kinds are the metrics: a response given; a step of the ladder that fired."""
USED = 0
"""The length of a response given: service time used, in seconds."""
PUNCTUAL, LATE = "punctual", "late"
LAG = timedelta(seconds=5)
"""A step of the ladder that fired no later than this after its time is punctual."""
GOAL = 95.0
"""Percent of promises that should be kept."""

_JUDGED = Lot((Outcome.MET.value, Outcome.BREACHED.value, Outcome.EXCUSED.value))
_COUNTED = Lot((Outcome.MET.value, Outcome.BREACHED.value))
_MET = Lot((Outcome.MET.value,))
_RAW = _(
    "Promises met of all that were decided: a met one counts on the day it was met, a broken one on the day it was due, "
    "and an excused one as broken."
)
_EXCUSED = _("Promises met of all that were decided, without those that the service manager excused with a reason.")
_PROMISES = _("Promises to customers decided in the period; cancelled ones and tickets without a promise are not among them.")


def _attainment(metric, key, name, name_excused, question):
    common = {"kind": metric.value, "unit": Unit.PERCENT, "clause": "8.3.3", "group": "promises", "counted": _MET, "goal": GOAL}
    return (
        Measure(f"attainment_{key}", name=name, question=question, definition=_RAW, population=_PROMISES, among=_JUDGED, **common),
        Measure(
            f"attainment_{key}_excused", name=name_excused, question=question, definition=_EXCUSED, population=_PROMISES,
            among=_COUNTED, **common,
        ),
    )  # fmt: skip


MEASURES = (
    *_attainment(
        Metric.RESPONSE, "response", _("Responses kept"), _("Responses kept, without excused"), _("Do we answer as soon as we promised?")
    ),
    *_attainment(
        Metric.RESOLUTION, "resolution", _("Resolutions kept"), _("Resolutions kept, without excused"),
        _("Do we repair as soon as we promised?"),
    ),
    *_attainment(
        Metric.NEXT_UPDATE, "update", _("Updates kept"), _("Updates kept, without excused"),
        _("Do customers hear from us as often as we promised?"),
    ),
    *_attainment(
        Metric.SUPPORT, "support", _("Internal and supplier promises kept"), _("Internal and supplier promises kept, without excused"),
        _("Do teams and suppliers keep what they promised us?"),
    ),
    Measure(
        "mtta", RESPONDED, _("Time to respond"), _("How long until somebody answers?"),
        _("Service time from the contact to the first message of a person to the customer: mean, median and 90th percentile."),
        _("First responses given in the period."), Unit.LENGTH, "8.6.1", "times", length=USED, better=measures.Better.DOWN,
    ),
    Measure(
        "escalation_punctuality", FIRED, _("Escalations on time"), _("Are people told when they should be?"),
        _("Steps of the ladder that fired at most five seconds after their time, of all that fired."),
        _("Warnings and escalations that fired in the period, towards customers and inside."), Unit.PERCENT, "8.6.1", "machine",
        counted=Lot((PUNCTUAL,)), goal=99.0,
    ),
)  # fmt: skip


def register():
    """Make them known."""
    measures.register(*MEASURES)
