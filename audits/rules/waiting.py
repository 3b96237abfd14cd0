"""Pauses (8.6.1): every one has a reason that the agreement allows, and a question that really went out."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import IsOneOf, kind
from incidents.models import Incident, Message
from incidents.models.conversation import Visibility
from itsm.core.models import StepTaken
from sla import clockwork
from sla.models import ClockEvent

AROUND = timedelta(minutes=5)


def _waits(window):
    """Waits that began in the window."""
    found = StepTaken.objects.filter(content_type=kind(Incident), step="wait", effective_at__lt=window.until)
    return found.filter(effective_at__gte=window.first).order_by()


def _unasked(window):
    sent = Message.objects.filter(
        incident=OuterRef("object_id"), visibility=Visibility.PUBLIC, from_customer=False,
        sent_at__gte=OuterRef("effective_at") - AROUND, sent_at__lte=OuterRef("effective_at") + AROUND,
    )  # fmt: skip
    return Exists(_waits(window).filter(~Exists(sent.order_by()), object_id=OuterRef("pk")))


def _not_agreed(window):
    pauses = ClockEvent.objects.filter(
        kind=clockwork.PAUSE, clock__content_type=kind(Incident), clock__object_id=OuterRef("pk"), clock__agreement_version__isnull=False,
        effective_at__gte=window.first, effective_at__lt=window.until,
    )  # fmt: skip
    return Exists(pauses.exclude(IsOneOf(F("reason_code"), F("clock__agreement_version__pause_reasons"))).order_by())


PAUSED = Rule(
    "T-8.6.1g", "8.6.1", "incident",
    _("Did every pause have a reason that the agreement allows, and a question to the customer?"),
    _("Incidents that began to wait in the last 90 days"),
    _("the steps of waiting, messages within five minutes of them, the clock's log and the agreement's reasons"),
    Incident,
    (Check("unasked", _("It waited for the customer, and no message to them went out within five minutes."), _unasked),
     Check("not_agreed", _("Its clock stood still for a reason that the agreement does not allow."), _not_agreed)),
    where=lambda window: Q(pk__in=_waits(window).values("object_id")),
    span=True,
    live=False,
)  # fmt: skip

RULES = (PAUSED,)
