"""The incident: fields, the steps that move it, and the questions asked of many."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from incidents import rules
from incidents.models.cause import Traced
from incidents.models.status import HELD, OPEN, Status
from itsm.core.flow import StatusField, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import tracked
from itsm.people.models import Organisation, Team

PREFIX = "INC"
RECORDING_RULE = timedelta(minutes=5)
"""Requirement 49: logged within five minutes of the contact."""


class Level(models.IntegerChoices):
    """Impact and urgency alike."""

    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


class Priority(models.IntegerChoices):
    P1 = 1, "P1"
    P2 = 2, "P2"
    P3 = 3, "P3"
    P4 = 4, "P4"


MATRIX = {(1, 1): 1, (1, 2): 2, (1, 3): 3, (2, 1): 2, (2, 2): 3, (2, 3): 4, (3, 1): 3, (3, 2): 4, (3, 3): 4}
WEIGHTS = {1: 8, 2: 4, 3: 2, 4: 1}
"""How much of an engineer's capacity an open ticket of a priority takes."""


def matrix_priority(impact, urgency):
    """Priority 1 to 4 from impact and urgency 1 to 3 (clause 8.6.1, requirement 45)."""
    return MATRIX[impact, urgency]


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    MAIL = "mail", _("Mail")
    CHAT = "chat", _("Chat")
    PORTAL = "portal", _("Portal")


class ResolutionCode(models.TextChoices):
    FIXED = "fixed", _("Fixed")
    WORKAROUND = "workaround", _("Workaround")
    INFORMED = "informed", _("Explained, nothing was broken")
    DUPLICATE = "duplicate", _("Same as another incident")
    NOT_REPRODUCIBLE = "not_reproducible", _("Could not be reproduced")
    UNKNOWN = "unknown", _("Not recorded by the source")


class ClosingKind(models.TextChoices):
    """The three honest ways to close (O3); reported apart."""

    CONFIRMED = "confirmed", _("Confirmed by the customer")
    LAPSED = "lapsed", _("Lapsed without an answer")
    PHONE = "phone", _("Confirmed by phone")


JOINED = ("customer", "contact", "service", "team", "assignee")
TRIES = 3


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every incident; a contact those of their own organisation."""
        return self if person.is_internal else self.filter(customer=person.organisation_id)

    def locked(self, pk):
        """One incident, its row locked until the transaction ends. Raises DoesNotExist.

        Whoever was waited for may have given it to another team, service or owner: then the joins still look for the
        former one and lose the row or the person, and it is read once more, now that the lock is held.
        """
        rows = self.select_for_update(of=("self",)).select_related(*JOINED).filter(pk=pk)
        for _try in range(TRIES):
            for found in rows:
                if all(getattr(found, f"{name}_id") is None or getattr(found, name) is not None for name in JOINED):
                    return found
        return rows.get()

    def listed(self):
        """With all that a row of a list shows, without what it does not."""
        return self.select_related("customer", "service", "assignee").defer("description", "resolution", "assigned_why")

    def open(self):
        return self.filter(status__in=OPEN)

    def queued(self, team):
        """What waits in a team's queue, most urgent first, then oldest."""
        return self.filter(team=team, status=Status.NEW).order_by("priority", "contacted_at", "id")

    def breaching(self, until):
        """Open incidents whose next due time comes before `until`, or has passed."""
        return self.open().filter(next_due_at__lt=until)

    def breaches_first(self):
        """The order of every queue: what runs out first, paused ones last."""
        return self.order_by(F("next_due_at").asc(nulls_last=True), "id")


def _closing_trigger():
    """A closed incident has its receipt, its call with two persons, or its unanswered notices; only an imported one arrives closed."""
    return pgtrigger.Trigger(
        name="closing_is_earned",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Insert,
        condition=pgtrigger.Q(new__status="closed"),
        func="""
            IF TG_OP = 'INSERT' AND NEW.source <> '' THEN RETURN NEW; END IF;
            IF TG_OP = 'UPDATE' THEN
                IF OLD.status = 'closed' AND OLD.closing_kind = NEW.closing_kind THEN RETURN NEW; END IF;
                IF NEW.closing_kind = 'confirmed' AND EXISTS (
                    SELECT 1 FROM links_receipt r JOIN django_content_type t ON t.id = r.content_type_id
                    WHERE t.app_label = 'incidents' AND t.model = 'incident' AND r.object_id = NEW.id
                      AND r.purpose = 'confirm' AND r.choice = 'solved' AND r.at >= NEW.resolved_at) THEN RETURN NEW; END IF;
                IF NEW.closing_kind = 'phone' AND EXISTS (
                    SELECT 1 FROM incidents_phoneconfirmation p
                    WHERE p.incident_id = NEW.id AND p.decision = 'confirmed' AND p.second_by_id <> p.called_by_id
                      AND p.called_at >= NEW.resolved_at) THEN RETURN NEW; END IF;
                IF NEW.closing_kind = 'lapsed' AND 2 <= (
                    SELECT count(*) FROM notices_delivery d JOIN notices_notice n ON n.id = d.notice_id
                    JOIN django_content_type t ON t.id = n.content_type_id
                    WHERE t.app_label = 'incidents' AND t.model = 'incident' AND n.object_id = NEW.id
                      AND n.kind IN ('incidents.confirm', 'incidents.reminder') AND d.accepted_at >= NEW.resolved_at) THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION 'incident % can not be closed as "%": nobody confirmed it', NEW.number, NEW.closing_kind;
        """,  # noqa: E501 -- one kind of evidence a line
    )


class Subject:
    """An incident as the SLA engine sees it; people, team, customer and service are loaded when it asks for them."""

    number = property(lambda self: self._incident.shown_number)
    title = property(lambda self: self._incident.title)
    url = property(lambda self: self._incident.get_absolute_url())
    assignee = property(lambda self: self._incident.assignee)
    team = property(lambda self: self._incident.team)
    customer = property(lambda self: self._incident.customer)
    service = property(lambda self: self._incident.service)
    tier = property(lambda self: self._incident.service.criticality)

    def __init__(self, incident):
        self._incident = incident


@tracked(exclude=["next_due_at", "steps_taken"])
class Incident(Traced):
    """An interruption somebody reported, until they accept the repair (clause 8.6.1)."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("incidents_number"))
    status = StatusField(_("state"), choices=Status, default=Status.NEW)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"))
    customer = models.ForeignKey(Organisation, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="incidents")
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("contact"), null=True, on_delete=models.PROTECT, related_name="incidents_reported"
    )
    service = models.ForeignKey(Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="incidents")
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="incidents")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), null=True, on_delete=models.PROTECT, related_name="incidents_held"
    )
    assigned_why = models.JSONField(default=dict, editable=False)
    reassign_count = models.PositiveIntegerField(default=0, editable=False)
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, validators=[MinValueValidator(1), MaxValueValidator(4)])
    priority_reason = models.TextField(_("reason for another priority than the matrix gives"), blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.PHONE)
    contacted_at = models.DateTimeField(_("contacted at"))
    contacted_reason = models.CharField(_("why it is logged so late"), max_length=200, blank=True)
    logged_at = models.DateTimeField(_("logged at"))
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("logged by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    entitled = models.BooleanField(_("bought"), default=True)
    next_due_at = models.DateTimeField(_("next due"), null=True, editable=False)
    responded_at = models.DateTimeField(null=True, editable=False)
    waiting_reason = models.CharField(max_length=60, blank=True, editable=False)
    wait_stage = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    wait_at = models.DateTimeField(null=True, editable=False)
    window_ends_at = models.DateTimeField(null=True, editable=False)
    supplier = models.ForeignKey(
        Organisation, verbose_name=_("supplier"), null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    supplier_since = models.DateTimeField(null=True, editable=False)
    resolution = models.TextField(_("solution"), blank=True)
    resolution_code = models.CharField(_("resolution code"), max_length=20, choices=ResolutionCode, blank=True)
    resolved_at = models.DateTimeField(null=True, editable=False)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    reopen_count = models.PositiveIntegerField(default=0, editable=False)
    closing_kind = models.CharField(_("how it was closed"), max_length=10, choices=ClosingKind, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, editable=False)
    ask_stage = models.PositiveSmallIntegerField(default=0, editable=False)
    ask_at = models.DateTimeField(null=True, editable=False)
    call_since = models.DateTimeField(null=True, editable=False)
    phone_pending = models.BooleanField(default=False, editable=False)
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by", editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    source_ref = models.CharField(max_length=60, null=True, editable=False)  # noqa: DJ001 -- null: unique only where there is a source

    SLA_FIELDS = ("number", "title", "assignee", "team", "customer", "service")
    """What `sla_subject()` reads; the sweep loads nothing else."""

    closing_by_second_person = None
    """Set by the service that closes by phone: the second person's id."""

    objects = IncidentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["team", "next_due_at", "id"], name="incident_team_queue", condition=Q(status__in=OPEN)),
            models.Index(fields=["assignee", "next_due_at", "id"], name="incident_own_queue", condition=Q(status__in=OPEN)),
            models.Index(fields=["next_due_at", "id"], name="incident_queue", condition=Q(status__in=OPEN)),
            models.Index(
                fields=["status", "assignee", "team", "priority", "next_due_at"],
                include=["id", "contacted_at"],
                name="incident_open_now",
                condition=Q(status__in=OPEN),
            ),
            models.Index(fields=["assignee", "priority"], name="incident_load", condition=Q(status__in=HELD)),
            models.Index(fields=["ask_at"], name="incident_ask", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["wait_at"], name="incident_wait", condition=Q(wait_at__isnull=False)),
            models.Index(fields=["window_ends_at"], name="incident_window", condition=Q(window_ends_at__isnull=False)),
            models.Index(
                fields=["resolved_at", "id"],
                include=["call_since", "phone_pending"],
                name="incident_to_confirm",
                condition=Q(status="resolved"),
            ),
            models.Index(fields=["customer", "-id"], name="incident_customer"),
            models.Index(fields=["service", "contacted_at"], name="incident_of_service", condition=Q(configuration_item=None)),
            models.Index(fields=["configuration_item", "contacted_at"], name="incident_of_item", condition=~Q(configuration_item=None)),
            models.Index(fields=["caused_by", "contacted_at"], name="incident_caused_by", condition=~Q(caused_by=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_ref"], name="incident_source_once"),
            models.CheckConstraint(condition=Q(priority__range=(1, 4)), name="incident_priority"),
            models.CheckConstraint(condition=Q(impact__range=(1, 3)) & Q(urgency__range=(1, 3)), name="incident_levels"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="incident_rating"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ASSIGNED, Status.IN_PROGRESS]) | Q(assignee__isnull=False), name="incident_held_by_somebody"
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.CLOSED) & ~Q(closing_kind="")) | (~Q(status=Status.CLOSED) & Q(closing_kind="")),
                name="incident_closing_kind",
            ),
        ]
        triggers = [_closing_trigger()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    def get_absolute_url(self):
        return reverse("incidents:detail", args=[self.number])

    def sla_subject(self):
        """What the SLA engine may know of an incident (sla.models.SlaSubject)."""
        return Subject(self)

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def logged_in_time(self):
        """Whether the five-minute rule was kept (requirement 49)."""
        return self.logged_at - self.contacted_at <= RECORDING_RULE

    @property
    def by_matrix(self):
        return self.priority == matrix_priority(self.impact, self.urgency)

    @step(source=Status.NEW, target=Status.ASSIGNED, may=rules.may_assign, label=_("Assign"))
    def assign(self, *, assignee, why):
        self.assignee, self.assigned_why = assignee, why
        return {"assignee": assignee.pk}

    @step(source=HELD, target=Status.ASSIGNED, may=rules.may_assign, label=_("Reassign"))
    def reassign(self, *, assignee, why):
        before, self.assignee, self.assigned_why = self.assignee_id, assignee, why
        self.reassign_count += 1
        return {"assignee": assignee and assignee.pk, "before": before}

    @step(source=Status.WAITING, target=None, may=rules.may_assign, label=_("Hand over"))
    def hand_over(self, *, assignee, why):
        before, self.assignee, self.assigned_why = self.assignee_id, assignee, why
        self.reassign_count += 1
        return {"assignee": assignee and assignee.pk, "before": before}

    @step(source=HELD, target=Status.NEW, may=rules.may_assign, label=_("Return to the queue"))
    def release(self):
        before, self.assignee, self.assigned_why = self.assignee_id, None, {}
        return {"before": before}

    @step(source=[Status.NEW, Status.ASSIGNED], target=Status.IN_PROGRESS, may=rules.may_accept, label=_("Accept"))
    def accept(self, *, by):
        self.assignee = self.assignee or by
        return {"assignee": self.assignee_id}

    @step(
        source=HELD,
        target=Status.WAITING,
        may=[rules.may_work, rules.may_stop_the_clock],
        needs=[rules.NEEDS_OWNER],
        label=_("Wait for the customer"),
    )
    def wait(self, *, reason):
        self.waiting_reason, self.wait_stage = reason, 0
        return {"reason": reason}

    @step(source=Status.WAITING, target=Status.IN_PROGRESS, may=rules.may_reopen, needs=[rules.NEEDS_OWNER], label=_("Resume"))
    def resume(self):
        self.waiting_reason, self.wait_at, self.window_ends_at = "", None, None

    @step(source=Status.WAITING, target=Status.NEW, may=rules.may_reopen, label=_("Resume in the queue"))
    def resume_in_queue(self):
        self.waiting_reason, self.wait_at, self.window_ends_at = "", None, None
        self.assignee, self.assigned_why = None, {}

    @step(source=HELD, target=Status.RESOLVED, may=rules.may_work, needs=[rules.NEEDS_OWNER], label=_("Propose a solution"))
    def resolve(self, *, by, at, resolution, resolution_code):
        self.resolution, self.resolution_code = resolution, resolution_code
        self.resolved_at, self.resolved_by = at, by
        self.supplier = self.supplier_since = None
        return {"code": resolution_code}

    @step(source=Status.RESOLVED, target=Status.IN_PROGRESS, may=rules.may_reopen, label=_("Reopen"))
    def reopen(self):
        self.reopen_count += 1
        self.resolved_at = self.resolved_by = None
        self.ask_stage, self.ask_at, self.call_since = 0, None, None

    @step(source=OPEN, target=None, may=rules.may_work, label=_("Change priority"))
    def reprioritise(self, *, impact, urgency, priority, priority_reason, why=""):
        before, self.impact, self.urgency = self.priority, impact, urgency
        self.priority, self.priority_reason = priority, priority_reason
        return {"before": before, "priority": priority, "why": why}

    @step(source=OPEN, target=None, may=rules.may_work, label=_("Change the service"))
    def reclassify(self, *, service, entitled):
        before, self.service, self.entitled = self.service_id, service, entitled
        return {"before": before, "service": service.pk}

    @step(source=[Status.NEW, *HELD], target=Status.NEW, may=rules.may_assign, label=_("Hand to another team"))
    def transfer(self, *, team):
        before, self.team = self.team_id, team
        self.assignee, self.assigned_why = None, {}
        self.reassign_count += 1
        return {"before": before, "team": team.pk}

    @step(source=OPEN, target=None, may=rules.may_work, needs=[rules.NEEDS_NO_SUPPLIER], label=_("Ask a supplier"))
    def ask_supplier(self, *, supplier, at):
        self.supplier, self.supplier_since = supplier, at
        return {"supplier": supplier.pk}

    @step(source=OPEN, target=None, may=rules.may_work, needs=[rules.NEEDS_SUPPLIER], label=_("The supplier answered"))
    def supplier_answered(self):
        before = self.supplier_id
        self.supplier = self.supplier_since = None
        return {"supplier": before}

    @step(source=Status.RESOLVED, target=Status.CLOSED, may=rules.may_close, needs=[rules.NEEDS_NO_PENDING_CALL], label=_("Close"))
    def close(self, *, kind, at, rating=None):
        self.closing_kind, self.closed_at, self.rating = kind, at, rating
        self.ask_at, self.call_since = None, None
        return {"kind": str(kind), "rating": rating}
