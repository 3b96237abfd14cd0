"""Promises that ran out (8.6.1): the ladder fired in time, somebody was told, and on the most urgent somebody saw it."""

from datetime import timedelta

from django.db.models import CharField, Exists, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import kind
from incidents.models import Incident
from itsm.notices.models import Notice
from sla import clockwork
from sla.kinds import STEPS
from sla.models import CUSTOMER_FACING, Clock, ClockEvent, ClockFire
from sla.services.timers import ACKNOWLEDGED_FROM, ACKNOWLEDGED_WITHIN

IN_TIME = timedelta(seconds=60)
ENDED = (clockwork.STOP, clockwork.PAUSE, clockwork.CANCEL)


def _broken(window):
    """Clocks of ours that broke in the window."""
    found = Clock.objects.filter(content_type=kind(Incident), metric__in=CUSTOMER_FACING, breached_at__lt=window.until)
    return found.filter(breached_at__gte=window.first).order_by()


def _without_fire(window):
    fired = ClockFire.objects.filter(
        clock=OuterRef("pk"), step=str(clockwork.BREACH_STEP), fired_at__lte=OuterRef("breached_at") + IN_TIME
    )  # fmt: skip
    return Exists(_broken(window).filter(~Exists(fired.order_by()), object_id=OuterRef("pk")))


def _fires(window):
    """Steps that spoke in the window, of the clocks of incidents."""
    found = ClockFire.objects.filter(collapsed=False, fired_at__lt=window.until, clock__content_type=kind(Incident))
    return found.filter(fired_at__gte=window.first).order_by()


def _untold(window):
    told = Notice.objects.filter(
        content_type=kind(Incident), object_id=OuterRef("clock__object_id"), kind__in=STEPS,
        key=Concat(OuterRef("clock_id"), Value(":"), OuterRef("generation"), Value(":"), OuterRef("step"),
                   output_field=CharField()),
    )  # fmt: skip
    return Exists(_fires(window).filter(~Exists(told.order_by()), clock__object_id=OuterRef("pk")))


def _unseen(window):
    """Steps of a P1 that wait for somebody to say that they saw them: nobody did, and the clock ran on."""
    later = ClockEvent.objects.filter(clock=OuterRef("clock"), effective_at__gte=OuterRef("fired_at")).order_by()
    seen = later.filter(kind=clockwork.ACKNOWLEDGE)
    ended = later.filter(kind__in=ENDED, effective_at__lte=OuterRef("fired_at") + ACKNOWLEDGED_WITHIN)
    owed = _fires(window).annotate(mark=Cast("step", IntegerField())).filter(
        mark__gte=ACKNOWLEDGED_FROM, clock__priority=1, fired_at__lt=window.until - ACKNOWLEDGED_WITHIN
    )  # fmt: skip
    return Exists(owed.filter(~Exists(seen), ~Exists(ended), clock__object_id=OuterRef("pk")))


ESCALATED = Rule(
    "T-8.6.1c2", "8.6.1", "incident",
    _("Did the escalation of every broken promise fire at once?"),
    _("Incidents of which a promise was broken in the last 90 days"),
    _("the clock's breach, and the step of its ladder that fired"),
    Incident,
    (Check("no_fire", _("A promise was broken, and no escalation fired within a minute."), _without_fire),),
    where=lambda window: Q(pk__in=_broken(window).values("object_id")),
    span=True,
    live=False,
)  # fmt: skip

HEARD = Rule(
    "T-8.6.1d", "8.6.1", "incident",
    _("Was somebody told of every escalation, and did somebody say that they saw those of a P1?"),
    _("Incidents of which a step of the ladder fired in the last 90 days"),
    _("fired steps, the notices of each, and the acknowledgements of a P1"),
    Incident,
    (Check("untold", _("A step of the ladder fired, and nobody was told."), _untold),
     Check("unseen", _("Nobody said that they saw the escalation of a P1."), _unseen)),
    where=lambda window: Q(pk__in=_fires(window).values("clock__object_id")),
    span=True,
    live=False,
)  # fmt: skip

RULES = (ESCALATED, HEARD)
