"""The corrective action: from the correction of the case to the proof that it works (clause 10.1, requirements 92 to 95)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import finding_rules as rules
from audits.models.finding import Finding
from audits.populations import KINDS
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import append_only, tracked

PREFIX = "ACT"


class ActionStatus(models.TextChoices):
    OPENED = "opened", _("To be corrected")
    CORRECTED = "corrected", pgettext_lazy("corrective action", "Corrected")
    EXPLAINED = "explained", _("Cause found")
    PLANNING = "planning", _("Extent known")
    PROPOSED = "proposed", _("Plan proposed")
    APPROVED = "approved", _("Plan approved")
    IMPLEMENTED = "implemented", _("Implemented")
    VERIFYING = "verifying", _("Sample drawn")
    EFFECTIVE = "effective", _("Effective")
    INEFFECTIVE = "ineffective", _("Not effective")
    DROPPED = "dropped", _("Dropped")


S = ActionStatus
BEFORE_PLAN = (S.OPENED, S.CORRECTED, S.EXPLAINED, S.PLANNING)
BEFORE_FIX = (*BEFORE_PLAN, S.PROPOSED, S.APPROVED)
AFTER_FIX = (S.IMPLEMENTED, S.VERIFYING)
RUNNING = (*BEFORE_FIX, *AFTER_FIX)
OVER = (S.EFFECTIVE, S.INEFFECTIVE, S.DROPPED)


class CauseMethod(models.TextChoices):
    WHYS = "whys", _("Five whys")
    FREE = "free", _("In own words")


class Due(models.TextChoices):
    """Which of an action's dates."""

    ANSWER = "answer", _("plan due")
    ACTION = "action", _("action due")
    VERDICT = "verdict", _("verdict due")


DUE_FIELDS = {Due.ANSWER: "answer_by", Due.ACTION: "due_on", Due.VERDICT: "verify_by"}


class ActionQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every action; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One action, its row locked until the transaction ends. Its finding's row is locked first. Raises DoesNotExist."""
        Finding.objects.select_for_update(of=("self",)).get(actions=pk)
        return self.select_for_update(of=("self",)).select_related("owner__organisation", "implementer", "finding__auditee").get(pk=pk)

    def listed(self):
        """With all that a row of a list shows."""
        return self.select_related("owner", "implementer", "verifier", "finding__auditee")

    def running(self):
        return self.filter(status__in=RUNNING)


def _effect_trigger():
    """Nothing counts as effective without the verdict of somebody independent on a sample drawn from records after the fix."""
    return pgtrigger.Trigger(
        name="effect_is_proven",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__status="effective"),
        func="""
            IF TG_OP = 'UPDATE' AND OLD.status = 'effective' THEN RETURN NEW; END IF;
            IF EXISTS (
                SELECT 1 FROM audits_verdict v JOIN audits_verificationsample s ON s.id = v.sample_id
                WHERE s.action_id = NEW.id AND v.is_effective AND s.population > 0 AND s.since >= NEW.implemented_at
                  AND v.by_id <> NEW.owner_id AND v.by_id <> NEW.implementer_id AND v.by_id <> NEW.recorded_by_id
                  AND NEW.verifier_id = v.by_id) THEN RETURN NEW; END IF;
            RAISE EXCEPTION 'action % can not count as effective: nobody independent judged records from after the fix', NEW.number;
        """,
    )


def _due_trigger():
    """A date that was set moves with a DueMove only, which keeps the reason; so the history of dates is whole."""
    return pgtrigger.Trigger(
        name="due_moves_are_kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__answer_by__df=pgtrigger.F("new__answer_by"))
        | pgtrigger.Q(old__due_on__df=pgtrigger.F("new__due_on"))
        | pgtrigger.Q(old__verify_by__df=pgtrigger.F("new__verify_by")),
        func="""
            IF OLD.answer_by <> NEW.answer_by AND NOT EXISTS (SELECT 1 FROM audits_duemove m WHERE m.action_id = NEW.id
                AND m.no = NEW.due_moves AND NEW.due_moves > OLD.due_moves AND m.which = 'answer' AND m.was = OLD.answer_by
                AND m.becomes = NEW.answer_by)
            OR OLD.due_on IS NOT NULL AND OLD.due_on IS DISTINCT FROM NEW.due_on AND NOT EXISTS (SELECT 1 FROM audits_duemove m
                WHERE m.action_id = NEW.id AND m.no = NEW.due_moves AND NEW.due_moves > OLD.due_moves AND m.which = 'action'
                AND m.was = OLD.due_on AND m.becomes = NEW.due_on)
            OR OLD.verify_by IS NOT NULL AND OLD.verify_by IS DISTINCT FROM NEW.verify_by AND NOT EXISTS (SELECT 1 FROM audits_duemove m
                WHERE m.action_id = NEW.id AND m.no = NEW.due_moves AND NEW.due_moves > OLD.due_moves AND m.which = 'verdict'
                AND m.was = OLD.verify_by AND m.becomes = NEW.verify_by)
            THEN RAISE EXCEPTION 'a date of action % moves with a reason only', OLD.number; END IF;
            RETURN NEW;
        """,
    )


@tracked(exclude=["steps_taken"])
class CorrectiveAction(Stepped):
    """One round of putting right what a finding says. Where it did not work, the finding gets another round."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("audits_action_number"))
    finding = models.ForeignKey(Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="actions")
    cycle = models.PositiveSmallIntegerField(_("round"), default=1)
    status = StatusField(_("state"), choices=ActionStatus, default=ActionStatus.OPENED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="actions_owned")
    answer_by = models.DateField(_("plan due"))
    due_on = models.DateField(_("due"), null=True)
    verify_by = models.DateField(_("verdict due"), null=True, editable=False)
    next_due_on = models.DateField(null=True, editable=False)
    due_moves = models.PositiveSmallIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField()
    correction = models.TextField(_("correction"), blank=True)
    cause_method = models.CharField(_("how the cause was found"), max_length=5, choices=CauseMethod, blank=True)
    whys = models.JSONField(_("whys"), default=list, blank=True)
    cause = models.TextField(_("cause"), blank=True)
    extent = models.TextField(_("extent"), blank=True)
    plan = models.TextField(_("plan"), blank=True)
    criterion = models.TextField(_("how one will see that it works"), blank=True)
    sampled_from = models.CharField(_("judged on"), max_length=20, blank=True)
    """A kind of population: one of populations.KINDS."""
    after_days = models.PositiveSmallIntegerField(_("days after the fix"), default=30)
    after_records = models.PositiveIntegerField(_("or new records"), null=True, blank=True)
    needed_percent = models.PositiveSmallIntegerField(_("percent that must pass"), default=100)
    proposal = models.PositiveSmallIntegerField(default=0, editable=False)
    """How often a plan was proposed: approvals belong to one proposal."""
    implementation = models.TextField(_("what was done"), blank=True)
    implementer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("carried out by"), null=True, on_delete=models.PROTECT, related_name="actions_carried_out"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    implemented_at = models.DateTimeField(null=True, editable=False)
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ActionQuerySet.as_manager()
    origin = "finding"

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        indexes = [
            models.Index(fields=["next_due_on", "id"], name="audits_action_due", condition=Q(status__in=RUNNING)),
            models.Index(fields=["owner", "next_due_on"], name="audits_action_owner", condition=Q(status__in=RUNNING)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["finding", "cycle"], name="audits_action_cycle"),
            models.UniqueConstraint(fields=["finding"], condition=Q(status__in=RUNNING), name="audits_one_running_action"),
            models.CheckConstraint(
                condition=Q(verifier=None) | (~Q(verifier=F("owner")) & ~Q(verifier=F("implementer"))), name="audits_verified_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[S.EFFECTIVE, S.INEFFECTIVE]) | Q(verifier__isnull=False, implementer__isnull=False),
                name="audits_ended_with_verifier",
            ),
            models.CheckConstraint(condition=Q(needed_percent__range=(1, 100)), name="audits_needed_percent"),
            models.CheckConstraint(
                condition=~Q(status__in=[S.PROPOSED, S.APPROVED, *AFTER_FIX, S.EFFECTIVE]) | (Q(due_on__isnull=False) & ~Q(criterion="")),
                name="audits_planned_with_date_and_criterion",
            ),
        ]
        triggers = [_effect_trigger(), _due_trigger()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    @property
    def title(self):
        return self.finding.title

    def get_absolute_url(self):
        return f"{self.finding.get_absolute_url()}#action"

    @property
    def sampled_label(self):
        """Which records its effect is judged on, in words."""
        return KINDS[self.sampled_from].label if self.sampled_from in KINDS else ""

    @property
    def is_running(self):
        return self.status in RUNNING

    @property
    def due_kind(self):
        """Which of its dates counts now."""
        return Due.ANSWER if self.status in BEFORE_PLAN else Due.ACTION if self.status in BEFORE_FIX else Due.VERDICT

    def set_next_due(self):
        """Repeat the date that counts now, for lists and the sweep."""
        self.next_due_on = getattr(self, DUE_FIELDS[self.due_kind]) if self.is_running else None

    @step(source=S.OPENED, target=S.CORRECTED, may=rules.may_act, label=_("Note the correction"))
    def correct(self, *, correction):
        self.correction = correction

    @step(source=[S.CORRECTED, S.EXPLAINED, S.PLANNING], target=S.EXPLAINED, may=rules.may_act, needs=[rules.NEEDS_CORRECTION],
          label=_("Name the cause"))  # fmt: skip
    def explain(self, *, cause_method, cause, whys):
        self.cause_method, self.cause, self.whys, self.extent = cause_method, cause, whys, ""
        return {"method": str(cause_method)}

    @step(source=[S.EXPLAINED, S.PLANNING], target=S.PLANNING, may=rules.may_act, needs=[rules.NEEDS_CAUSE], label=_("Check the extent"))
    def look_around(self, *, extent):
        self.extent = extent

    @step(source=S.PLANNING, target=S.PROPOSED, may=rules.may_act, needs=[rules.NEEDS_EXTENT], label=_("Propose the plan"))
    def propose(self, *, fields):
        for name, value in fields.items():
            setattr(self, name, value)
        self.proposal += 1
        return {"due_on": fields["due_on"].isoformat(), "owner": fields["owner"].pk}

    @step(source=S.PROPOSED, target=S.PLANNING, label=_("Send the plan back"))
    def send_back(self, *, reason):
        pass

    @step(source=S.PROPOSED, target=S.APPROVED, needs=[rules.NEEDS_PLAN], label=_("Approve the plan"))
    def approve(self):
        pass

    @step(source=S.APPROVED, target=S.PROPOSED, label=_("Ask for approval again"))
    def ask_again(self):
        self.proposal += 1

    @step(source=S.APPROVED, target=S.IMPLEMENTED, may=rules.may_act, label=_("Report it done"))
    def implement(self, *, by, at, implementation, implementer, verify_by):
        self.implementation, self.implementer, self.recorded_by, self.implemented_at = implementation, implementer, by, at
        self.verify_by = verify_by
        return {"implementer": implementer.pk}

    @step(source=S.IMPLEMENTED, target=S.VERIFYING, may=[rules.may_verify, rules.is_independent], label=_("Draw the sample"))
    def draw(self, *, population, chosen):
        return {"population": population, "chosen": chosen}

    @step(source=S.VERIFYING, target=S.EFFECTIVE, may=[rules.may_verify, rules.is_independent], label=_("Judge the effect"))
    def find_effective(self, *, by, at, passed, judged):
        self.verifier, self.ended_at = by, at
        return {"passed": passed, "judged": judged}

    @step(source=S.VERIFYING, target=S.INEFFECTIVE, may=[rules.may_verify, rules.is_independent], label=_("Judge it not effective"))
    def find_ineffective(self, *, by, at, passed, judged):
        self.verifier, self.ended_at = by, at
        return {"passed": passed, "judged": judged}

    @step(source=RUNNING, target=None, may=rules.may_arrange, label=_("Move the date"))
    def move_due(self, *, which, was, becomes):
        return {"which": str(which), "was": was.isoformat(), "becomes": becomes.isoformat()}

    @step(source=BEFORE_FIX, target=None, may=rules.may_arrange, label=_("Hand it over"))
    def hand_over(self, *, owner):
        before, self.owner = self.owner_id, owner
        return {"from": before, "to": owner.pk}

    @step(source=BEFORE_FIX, target=S.DROPPED, label=_("Drop"))
    def drop(self, *, at):
        self.ended_at = at


class DueMove(models.Model):
    """A date that moved: from when to when, who said so, and why."""

    action = models.ForeignKey(CorrectiveAction, on_delete=models.PROTECT, related_name="moves")
    no = models.PositiveSmallIntegerField()
    which = models.CharField(max_length=10, choices=Due)
    was = models.DateField()
    becomes = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("date moved")
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(fields=["action", "no"], name="audits_due_move_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(was=F("becomes")), name="audits_due_move_has_a_reason"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.action_id} {self.was} → {self.becomes}"


class Seat(models.TextChoices):
    """Whose approval a plan needs."""

    PROCESS_OWNER = "process_owner", _("Process owner")
    SERVICE_MANAGER = "service_manager", _("IT service manager")
    TOP_MANAGEMENT = "top_management", _("Top management")


class PlanApproval(models.Model):
    """One approval of one proposal of a plan."""

    action = models.ForeignKey(CorrectiveAction, on_delete=models.PROTECT, related_name="approvals")
    proposal = models.PositiveSmallIntegerField()
    """Which proposal was approved: another one is approved anew."""
    seat = models.CharField(max_length=20, choices=Seat)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("approval of a plan")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "proposal", "seat"], name="audits_plan_seat_once"),
            models.UniqueConstraint(fields=["action", "proposal", "by"], name="audits_plan_person_once"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.action_id} {self.seat}"


class Climb(models.Model):
    """One step of the ladder of an overdue action, taken once for each date that passed."""

    action = models.ForeignKey(CorrectiveAction, on_delete=models.PROTECT, related_name="climbs")
    due_on = models.DateField()
    which = models.CharField(max_length=10, choices=Due)
    days = models.PositiveSmallIntegerField()
    people = models.JSONField(default=list)
    """Ids of those who were told."""
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation of an action")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["action", "which", "due_on", "days"], name="audits_climb_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.action_id} +{self.days}"
