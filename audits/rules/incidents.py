"""Incidents (8.6.1): graded, recorded in time, answered, solved in words, confirmed, closed by somebody."""

import functools
import operator

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import SecondsBetween, about, blank, counted, kind, steps
from incidents import kinds
from incidents.models import Channel, ClosingKind, Incident, PhoneConfirmation, ResolutionCode, Status
from incidents.models.conversation import Decision
from incidents.models.incident import MATRIX, RECORDING_RULE
from itsm.links.models import Receipt
from itsm.notices.models import Delivery

BEFORE_SILENCE = 2
"""Notices that a mail server must have taken before silence counts as an answer."""


def _by_matrix():
    """Q of the incidents whose priority is the one that impact and urgency give."""
    cells = [Q(impact=impact, urgency=urgency, priority=priority) for (impact, urgency), priority in MATRIX.items()]
    return functools.reduce(operator.or_, cells)


def _solved(_window):
    return Q(status__in=[Status.RESOLVED, Status.CLOSED])


def _closed(_window):
    return Q(status=Status.CLOSED)


def _without_receipt(_window):
    receipts = about(Receipt, Incident, purpose=kinds.CONFIRM_LINK, choice="solved", at__gte=OuterRef("resolved_at"))
    return Q(closing_kind=ClosingKind.CONFIRMED) & ~Exists(receipts)


def _without_second_person(_window):
    calls = PhoneConfirmation.objects.filter(incident=OuterRef("pk"), decision=Decision.CONFIRMED, called_at__gte=OuterRef("resolved_at"))
    return Q(closing_kind=ClosingKind.PHONE) & ~Exists(calls.exclude(second_by=F("called_by")))


def _asked_too_little(_window):
    taken = Delivery.objects.filter(
        notice__content_type=kind(Incident), notice__object_id=OuterRef("pk"), notice__kind__in=(kinds.CONFIRM, kinds.REMINDER),
        accepted_at__gte=OuterRef("resolved_at"),
    )  # fmt: skip
    return Q(closing_kind=ClosingKind.LAPSED) & Q(LessThan(counted(taken, "notice__object_id"), BEFORE_SILENCE))


def _closed_by_nobody(_window):
    return ~Q(closing_kind=ClosingKind.LAPSED) & ~Exists(steps(Incident, step="close", by__isnull=False))


def _solved_once(_window):
    return Q(reopen_count__gt=0) & Q(LessThanOrEqual(counted(steps(Incident, step="resolve"), "object_id"), F("reopen_count")))


GRADED = Rule(
    "T-8.6.1a", "8.6.1", "incident",
    _("Does every incident have the priority that its impact and urgency give, or a written reason for another?"),
    _("Incidents reported in the last 90 days, open ones too"),
    _("impact, urgency, priority, the reason written beside it"),
    Incident,
    (Check("off_matrix", _("Its priority is not what impact and urgency give, and no reason is written down."),
           lambda _window: blank("priority_reason") & ~_by_matrix()),),
    moment="contacted_at",
)  # fmt: skip

RECORDED = Rule(
    "T-8.6.1b", "8.6.1", "incident",
    _("Is every incident recorded within five minutes of the contact?"),
    _("Incidents of the last 90 days that somebody of ours took down from a call, chat or mail"),
    _("the time of the contact and the time it was recorded"),
    Incident,
    (Check("late", _("It was recorded more than five minutes after the contact."),
           lambda _window: Q(logged_at__gt=F("contacted_at") + RECORDING_RULE), _("%(after_s)s after the contact")),),
    moment="contacted_at",
    where=lambda _window: ~Q(channel=Channel.PORTAL),
    facts=lambda _window: {"after_s": SecondsBetween(F("contacted_at"), F("logged_at"))},
)  # fmt: skip

ANSWERED = Rule(
    "T-8.6.1c", "8.6.1", "incident",
    _("Did a human of ours answer the customer of every incident?"),
    _("Incidents closed in the last 90 days"),
    _("the first message by one of us, or the solution proposed by one of us"),
    Incident,
    (Check("silent", _("No first response by a human is on record."), lambda _window: Q(responded_at=None)),),
    moment="closed_at",
    watched=_solved,
)  # fmt: skip

SOLVED = Rule(
    "T-8.6.1e", "8.6.1", "incident",
    _("Does every closed incident say what was done, and how it was solved?"),
    _("Incidents closed in the last 90 days"),
    _("the solution and its code"),
    Incident,
    (Check("no_words", _("It does not say what was done."), lambda _window: blank("resolution")),
     Check("no_code", _("It does not say how it was solved: the resolution code is missing or unknown."),
           lambda _window: Q(resolution_code__in=["", ResolutionCode.UNKNOWN]))),
    moment="closed_at",
    watched=_solved,
)  # fmt: skip

CONFIRMED = Rule(
    "T-8.6.1e2", "8.6.1", "incident",
    _("Did the customer confirm every closed incident, or is their silence documented?"),
    _("Incidents closed in the last 90 days"),
    _("receipts of signed links, calls checked by a second person, notices that the mail server took"),
    Incident,
    (Check("no_receipt", _("It is closed as confirmed, but no receipt of the customer's word exists."), _without_receipt),
     Check("no_second", _("It is closed by phone, but no second person checked the call."), _without_second_person),
     Check("not_asked", _("It lapsed without an answer, but fewer than two notices reached the customer."), _asked_too_little)),
    moment="closed_at",
    where=_closed,
)  # fmt: skip

CLOSED = Rule(
    "T-8.6.1h", "8.6.1", "incident",
    _("Was every incident closed by somebody, and every reopened one solved again?"),
    _("Incidents closed in the last 90 days"),
    _("the steps taken: closed by whom, how often solved and reopened"),
    Incident,
    (Check("no_closer", _("Nobody is named who closed it, and it did not lapse by the rules either."), _closed_by_nobody),
     Check("solved_once", _("It was reopened, and no further solution is on record."), _solved_once)),
    moment="closed_at",
    where=_closed,
)  # fmt: skip

RULES = (GRADED, RECORDED, ANSWERED, SOLVED, CONFIRMED, CLOSED)
