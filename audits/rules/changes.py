"""Changes (8.5.1): assessed, with a way back, tested, looked back on."""

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import blank, working_days
from changes.models import Change, Kind, Result, Review, Risk, Status

LOOKED_BACK_WITHIN = 5
"""Working days."""
UNDER_WAY = (
    Status.AWAITING, Status.APPROVED, Status.SCHEDULED, Status.IMPLEMENTING, Status.IMPLEMENTED, Status.BACKED_OUT, Status.REVIEW,
)  # fmt: skip


def going(_window):
    """Changes that are put before somebody, or further: what they lack can still be mended."""
    return Q(status__in=UNDER_WAY)


def over(_window):
    """Changes whose work has ended."""
    return Q(finished_at__isnull=False)


def _owes_review(_window):
    sorts = Q(review_due=True) | Q(kind=Kind.EMERGENCY) | Q(risk=Risk.HIGH) | Q(result__in=[Result.FAILED, Result.BACKED_OUT])
    return Q(finished_at__isnull=False) & sorts


def _first_review():
    return Subquery(Review.objects.filter(change=OuterRef("pk")).order_by("id").values("at")[:1])


def _after_days(window):
    """Working days from the end of the work to its review, or to now."""
    until = Coalesce(_first_review(), Value(window.until, output_field=DateTimeField()))
    return working_days(F("finished_at"), until, window)


def _late(window):
    return Q(GreaterThan(_after_days(window), LOOKED_BACK_WITHIN))


def _reviewed():
    return Exists(Review.objects.filter(change=OuterRef("pk")).order_by())


ASSESSED = Rule(
    "T-8.5.1a", "8.5.1", "change",
    _("Was the risk of every change assessed?"),
    _("Changes whose work ended in the last 90 days; standard changes take the assessment of their model"),
    _("the risk answers that count, with their score"),
    Change,
    (Check("no_risk", _("Its risk was not assessed."), lambda _window: Q(assessment=None) | Q(risk="")),),
    moment="finished_at",
    where=lambda _window: ~Q(kind=Kind.STANDARD),
    watched=lambda window: going(window) & ~Q(kind=Kind.STANDARD),
)  # fmt: skip

REVERSIBLE = Rule(
    "T-8.5.1b", "8.5.1", "change",
    _("Does every change say how it was tested, and how to get back if it fails?"),
    _("Changes whose work ended in the last 90 days"),
    _("the back-out plan and what is written about the test"),
    Change,
    (Check("no_back_out", _("It has no back-out plan."), lambda _window: blank("back_out_plan")),
     Check("no_test", _("It does not say how it was tested."), lambda _window: blank("test_evidence"))),
    moment="finished_at",
    watched=going,
)  # fmt: skip

LOOKED_BACK = Rule(
    "T-8.5.1c", "8.5.1", "change",
    _("Was every risky, failed or urgent change looked back on within five working days?"),
    _("Changes of high risk, emergencies, failed and backed-out ones, and all whose review was owed, done in the last 90 days"),
    _("the end of the work and the review by somebody else"),
    Change,
    (Check("not_reviewed", _("Five working days are over, and nobody has looked back on it."),
           lambda window: _late(window) & ~_reviewed(), _("%(days)s working days since its end")),
     Check("reviewed_late", _("It was looked back on, but later than five working days."),
           lambda window: _late(window) & _reviewed(), _("after %(days)s working days"))),
    moment="finished_at",
    where=_owes_review,
    facts=lambda window: {"days": _after_days(window)},
)  # fmt: skip

RULES = (ASSESSED, REVERSIBLE, LOOKED_BACK)
