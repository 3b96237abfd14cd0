"""Approval of changes (8.5.1): by the right people, before the start, and never of one's own work."""

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import working_days
from changes.models import ApprovalRound, Change, Choice, Decision, Kind, Outcome, RoundKind

AFTERWARDS_WITHIN = 1
"""Working days."""


def _started(_window):
    return Q(started_at__isnull=False)


def _rounds(**where):
    return ApprovalRound.objects.filter(change=OuterRef("pk"), **where).order_by()


def _approved():
    """Whether it was approved at all; an edit afterwards voids a round, and what was done under it stays approved."""
    return Exists(_rounds(kind=RoundKind.BEFORE, outcome=Outcome.APPROVED))


def _approved_before_start():
    return Exists(_rounds(kind=RoundKind.BEFORE, outcome=Outcome.APPROVED, closed_at__lte=OuterRef("started_at")))


def _never(_window):
    return Q(kind=Kind.NORMAL) & ~_approved()


def _too_late(_window):
    return Q(kind=Kind.NORMAL) & Q(_approved()) & ~_approved_before_start()


def _without_model(_window):
    return Q(kind=Kind.STANDARD) & (Q(approved_at=None) | Q(approved_at__gt=F("started_at")))


def _days_afterwards(window):
    """Working days from the start of an emergency to the decision after the fact, or to now."""
    decided = _rounds(kind=RoundKind.AFTER, outcome__in=[Outcome.APPROVED, Outcome.REJECTED]).order_by("closed_at")
    until = Coalesce(Subquery(decided.values("closed_at")[:1]), Value(window.until, output_field=DateTimeField()))
    return working_days(F("started_at"), until, window)


def _late_afterwards(window):
    late = Q(GreaterThan(_days_afterwards(window), AFTERWARDS_WITHIN))
    return Q(kind=Kind.EMERGENCY) & ~_approved_before_start() & late


def _own_work(_window):
    own = Q(person=OuterRef("requester")) | Q(person=OuterRef("implementer"))
    behalf = Q(on_behalf_of=OuterRef("requester")) | Q(on_behalf_of=OuterRef("implementer"))
    return Exists(Decision.objects.filter(own | behalf, stage__round__change=OuterRef("pk"), choice=Choice.APPROVE).order_by())


APPROVED = Rule(
    "T-8.5.1a2", "8.5.1", "change",
    _("Was every change approved before it began, and every emergency within a working day after?"),
    _("Changes that began in the last 90 days"),
    _("the approval rounds with their outcomes and times, and the start of the work"),
    Change,
    (Check("not_approved", _("It was carried out without an approval."), _never),
     Check("approved_late", _("It was approved only after it had begun."), _too_late),
     Check("no_model", _("It began before its approved model was taken up."), _without_model),
     Check("afterwards_late", _("It is an emergency, and its approval after the fact took longer than one working day."),
           _late_afterwards)),
    moment="started_at",
    watched=_started,
)  # fmt: skip

SEPARATED = Rule(
    "T-8.5.1a3", "8.5.1", "change",
    _("Was no change approved by who asked for it or carried it out?"),
    _("Changes that began in the last 90 days"),
    _("the decisions with who decided, and for whom"),
    Change,
    (Check("own_work", _("Somebody approved their own change."), _own_work),),
    moment="started_at",
    watched=lambda _window: Q(submitted_at__isnull=False),
)  # fmt: skip

RULES = (APPROVED, SEPARATED)
