"""Approval: a round asks stage after stage; each seat of a stage is decided once, and decisions never change (O8)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models.change import Category, Change
from changes.models.policy import PolicyVersion, Risk
from itsm.core.clock import ClockTimestamp
from itsm.core.trail import append_only, tracked
from itsm.links.models import Receipt
from itsm.people.models import Organisation, Role
from itsm.people.zones import company_day, company_zone


class RoundKind(models.TextChoices):
    BEFORE = "before", _("Before the change")
    AFTER = "after", _("After the fact")


class Outcome(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    VOIDED = "voided", _("Voided by an edit")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Rule(models.TextChoices):
    ALL = "all", _("all of them")
    ANY = "any", _("any one of them")
    QUORUM = "quorum", _("so many of them")


class Choice(models.TextChoices):
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    ASK = "ask", _("Ask")
    ABSTAIN = "abstain", _("Abstain")


FINAL = (Choice.APPROVE, Choice.REJECT)
"""What decides a seat; a question and an abstention leave it open for others."""


def _stays(*fields):
    """Only the rest of a row may change: what is asked stays as it was asked."""
    return pgtrigger.ReadOnly(name="stays_as_asked", fields=list(fields))


@tracked()
class ApprovalRound(models.Model):
    """One time that a change was put before its deciders: bound to the fingerprint of exactly what they read."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="rounds")
    no = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=RoundKind, default=RoundKind.BEFORE)
    fingerprint = models.CharField(max_length=64)
    document = models.JSONField()
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    why = models.JSONField(default=list)
    """Names of the policy's rows that decided, as [[name, name_en]]."""
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PENDING)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["no"]
        indexes = [models.Index(fields=["closed_at"], name="changes_round_closed_at", condition=Q(closed_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(fields=["change", "no"], name="changes_round_once"),
            models.UniqueConstraint(fields=["change"], condition=Q(outcome="pending"), name="changes_one_open_round"),
            models.CheckConstraint(
                condition=Q(outcome="pending", closed_at=None) | (~Q(outcome="pending") & ~Q(closed_at=None)), name="changes_round_closed"
            ),
        ]
        triggers = [
            _stays("change", "no", "kind", "fingerprint", "document", "policy", "why", "opened_at", "opened_by"),
            pgtrigger.Trigger(
                name="ended_stays", when=pgtrigger.Before, operation=pgtrigger.Update, condition=~pgtrigger.Q(old__outcome="pending"),
                func="""
                    IF OLD.outcome = 'approved' AND NEW.outcome = 'voided' THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'round % has ended and can not be changed', OLD.id;
                """,
            ),
            pgtrigger.Trigger(
                name="outcome_is_earned", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__outcome__in=["approved", "rejected"]),
                func="""
                    IF NOT changes_round_has_come_to(NEW.id, NEW.change_id, NEW.fingerprint, NEW.outcome) THEN
                        RAISE EXCEPTION 'round % has not come to "%": nobody said so', NEW.id, NEW.outcome; END IF;
                    RETURN NEW;
                """,
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.change_id} {self.no}"


class Stage(models.Model):
    """One stage of a round: seats, and how many of them have to approve. Stages are opened one after the other."""

    round = models.ForeignKey(ApprovalRound, on_delete=models.PROTECT, related_name="stages")
    no = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=10, choices=Rule)
    k = models.PositiveSmallIntegerField(null=True)
    minutes = models.PositiveIntegerField()
    """Working time until the deadline."""
    opened_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PENDING)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["no"]
        indexes = [
            models.Index(fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="changes_stage_look"),
            models.Index(fields=["deadline_at", "id"], condition=Q(outcome="pending", opened_at__isnull=False), name="changes_stage_open"),
        ]
        constraints = [models.UniqueConstraint(fields=["round", "no"], name="changes_stage_once")]
        triggers = [_stays("round", "no", "rule", "k", "minutes")]

    def __str__(self):
        return f"{self.round_id} {self.no}"


class Seat(models.Model):
    """One role asked in a stage; of a customer's representative, whose. Never changed, never removed."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=30, choices=Role)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "role", "organisation"], nulls_distinct=False, name="changes_seat_once"),
            models.CheckConstraint(condition=Q(role="customer_representative", organisation__isnull=False)
                                   | (~Q(role="customer_representative") & Q(organisation=None)), name="changes_seat_of_customer"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["role", "organisation"], name="changes_seat_role")]
        triggers = append_only()

    def __str__(self):
        return self.role


def _decision_is_earned():
    """Only a holder of the seat's role decides (or who stands for them), never on their own work, never on another content."""
    return pgtrigger.Trigger(
        name="decision_is_earned",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("c", "changes_change"), ("r", "changes_approvalround"), ("s", "changes_stage"), ("seat", "changes_seat")],
        func="""
            SELECT * INTO seat FROM changes_seat WHERE id = NEW.seat_id;
            SELECT * INTO s FROM changes_stage WHERE id = NEW.stage_id;
            SELECT * INTO r FROM changes_approvalround WHERE id = s.round_id;
            SELECT * INTO c FROM changes_change WHERE id = r.change_id;
            IF seat.stage_id <> NEW.stage_id THEN RAISE EXCEPTION 'the seat is of another stage'; END IF;
            IF r.outcome <> 'pending' OR s.outcome <> 'pending' OR s.opened_at IS NULL THEN
                RAISE EXCEPTION 'nothing is to be decided there'; END IF;
            IF NEW.fingerprint <> r.fingerprint OR r.fingerprint <> changes_fingerprint(c) THEN
                RAISE EXCEPTION 'the change says something else than what was read'; END IF;
            IF c.requester_id IN (NEW.person_id, NEW.on_behalf_of_id) OR c.implementer_id IN (NEW.person_id, NEW.on_behalf_of_id)
               OR c.edited_by_id IN (NEW.person_id, NEW.on_behalf_of_id) THEN
                RAISE EXCEPTION 'nobody decides about their own work'; END IF;
            IF NOT EXISTS (
                SELECT 1 FROM people_appointment a
                WHERE a.person_id = coalesce(NEW.on_behalf_of_id, NEW.person_id) AND a.withdrawn_at IS NULL
                  AND a.valid && daterange((NEW.at - interval '14 hours')::date, (NEW.at + interval '14 hours')::date, '[]')
                  AND ((a.role = seat.role AND (seat.organisation_id IS NULL OR a.organisation_id = seat.organisation_id))
                       OR (seat.organisation_id IS NULL AND a.role = 'top_management'))) THEN
                RAISE EXCEPTION 'person % does not hold the role "%"', coalesce(NEW.on_behalf_of_id, NEW.person_id), seat.role; END IF;
            IF NEW.on_behalf_of_id IS NOT NULL AND NOT changes_stands_for(NEW.person_id, NEW.on_behalf_of_id, seat.role, NEW.at) THEN
                RAISE EXCEPTION 'person % does not stand in for person %', NEW.person_id, NEW.on_behalf_of_id; END IF;
            RETURN NEW;
        """,
    )


class Decision(models.Model):
    """What one person said about one seat, on exactly this content. Append-only: decisions never change.

    `on_behalf_of` is whom a deputy or delegate stands for; both names are shown.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="decisions")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="change_decisions")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    words = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    receipt = models.OneToOneField(Receipt, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["seat"], condition=Q(choice__in=FINAL), name="changes_seat_decided_once"),
            models.UniqueConstraint(fields=["stage", "person"], condition=~Q(choice="ask"), name="changes_person_decides_once"),
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="changes_choice"),
            models.CheckConstraint(condition=~Q(choice__in=["reject", "ask"]) | ~Q(words=""), name="changes_rejected_with_words"),
            models.CheckConstraint(condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("person")), name="changes_on_behalf_of_another"),
        ]
        triggers = [_decision_is_earned(), *append_only()]

    def __str__(self):
        return f"{self.seat_id} {self.choice}"


class DelegationQuerySet(models.QuerySet):
    def standing(self):
        """Delegations that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def current(self, at=None):
        """Delegations in force on the company's day at this instant (default: now)."""
        day = company_day(at) if at else TruncDate(ClockTimestamp(), tzinfo=ZoneInfo(company_zone()))
        return self.standing().filter(valid__contains=day)

    def visible_to(self, person):
        """What somebody gave or holds; who answers for changes sees all."""
        return self if rules.manages(person) else self.filter(Q(giver_id=person.pk) | Q(receiver_id=person.pk))


@tracked()
class Delegation(models.Model):
    """Somebody lets another decide in their place: for some days, some changes, and one level only."""

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who delegates"), on_delete=models.PROTECT, related_name="delegations_given"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("to whom"), on_delete=models.PROTECT, related_name="delegations_held"
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)
    category = models.CharField(_("only this category"), max_length=20, choices=Category, blank=True)
    highest_risk = models.CharField(_("up to this risk"), max_length=10, choices=Risk, default=Risk.HIGH)
    valid = DateRangeField(_("valid"))
    reason = models.CharField(_("reason"), max_length=200)
    given_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-valid", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="changes_delegated_to_another"),
            models.CheckConstraint(condition=Q(valid__isempty=False, valid__endswith__isnull=False), name="changes_delegation_ends"),
        ]
        indexes = [models.Index(fields=["role", "receiver"], condition=Q(withdrawn_at=None), name="changes_delegation_role")]

    def __str__(self):
        return f"{self.giver_id} {self.receiver_id}"

    @property
    def last_on(self):
        """The last day on which it counts."""
        return self.valid.upper - timedelta(days=1)
