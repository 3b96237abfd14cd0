"""The change: what is to be done and why, and the steps that move it (8.5.1, requirements 60 to 69)."""

import json

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from changes import rules
from changes.models.policy import Risk, RiskAssessment
from changes.models.standard import StandardModel
from itsm.core.clock import ClockTimestamp
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import append_only, tracked
from itsm.people.models import Organisation

PREFIX = "CHG"


class Kind(models.TextChoices):
    NORMAL = "normal", _("Normal change")
    STANDARD = "standard", _("Standard change")
    EMERGENCY = "emergency", _("Emergency change")


class Category(models.TextChoices):
    """What is changed; with the risk it decides who has to approve (requirement 60)."""

    INFRASTRUCTURE = "infrastructure", _("Servers and infrastructure")
    INTERFACE = "interface", _("Interface style")
    CORE_FUNCTION = "core_function", _("Core function")
    DATABASE = "database", _("Database architecture")
    SECURITY = "security", _("Security")
    OTHER = "other", _("Other")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ASSESSED = "assessed", _("Assessed")
    AWAITING = "awaiting", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    SCHEDULED = "scheduled", _("Scheduled")
    IMPLEMENTING = "implementing", _("Implementing")
    IMPLEMENTED = "implemented", _("Implemented")
    BACKED_OUT = "backed_out", _("Backed out")
    REVIEW = "review", _("In review")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


PREPARED = (Status.DRAFT, Status.ASSESSED)
DECIDED_ON = (Status.AWAITING, Status.APPROVED, Status.SCHEDULED, Status.REJECTED)
BOOKED = (Status.SCHEDULED, Status.IMPLEMENTING)
DONE = (Status.IMPLEMENTED, Status.BACKED_OUT)
ENDED = (*DONE, Status.REVIEW)
"""Carried out or taken back, and not closed yet."""
OVER = (Status.CLOSED, Status.REJECTED, Status.CANCELLED)
PAST_THE_GATE = (Status.APPROVED, *BOOKED, *ENDED, Status.CLOSED)
"""Where nothing comes without the decisions of everybody required: a trigger sees to it."""


class Result(models.TextChoices):
    SUCCESSFUL = "successful", _("Successful")
    WITH_ISSUES = "with_issues", _("Successful with issues")
    BACKED_OUT = "backed_out", _("Backed out")
    FAILED = "failed", _("Failed")


class Retrospect(models.TextChoices):
    OWED = "owed", _("Approval after the fact is owed")
    APPROVED = "approved", _("Approved after the fact")
    REJECTED = "rejected", _("Rejected after the fact")


class Verdict(models.TextChoices):
    KEEP = "keep", _("Keep what was done")
    ROLL_BACK = "roll_back", _("Take it back")


MATERIAL = ("kind", "category", "reason", "impact", "interrupts", "plan", "back_out_plan", "test_evidence", "starts_at", "ends_at", "model")
"""Fields that a decision is bound to, beside risk answers, services, items and customers: `changes_document` in the database."""
COSMETIC = ("title", "benefit", "implementer")
"""Fields that may be changed without asking again; the history lists them."""

LONG_TEXTS = ("reason", "benefit", "impact", "plan", "back_out_plan", "test_evidence", "unreachable_reason", "review")
"""What no row of a list shows."""


class Window(models.Func):
    """The window of a change as a range, as its index knows it."""

    function = "tstzrange"
    arity = 2
    output_field = DateTimeRangeField()


def in_window(starts_at, ends_at):
    """Q of the changes whose window overlaps a period, by the index; they have to be aliased `window=WINDOW`."""
    return Q(starts_at__isnull=False, ends_at__isnull=False, window__overlap=DateTimeTZRange(starts_at, ends_at))


WINDOW = Window("starts_at", "ends_at")


class ChangeQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every change; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One change, its row locked until the transaction ends; more tables take longer to plan than to read. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("requester__organisation", "implementer__organisation").get(pk=pk)

    def listed(self):
        """With all that a row of a list shows; the long texts are left behind."""
        return self.select_related("requester", "implementer").prefetch_related("services").defer(*LONG_TEXTS)

    def meeting(self, starts_at, ends_at):
        """Those whose window overlaps a period."""
        return self.alias(window=WINDOW).filter(in_window(starts_at, ends_at))

    def open(self):
        return self.exclude(status__in=OVER)

    def owing(self):
        """Emergencies that owe their approval after the fact, or, where it was refused, what becomes of them."""
        return self.open().filter(Q(retrospect=Retrospect.OWED) | Q(retrospect=Retrospect.REJECTED, verdict=""))

    def owing_late(self, at):
        """Those of them whose approval after the fact is overdue at an instant."""
        return self.owing().filter(rounds__kind="after", rounds__outcome="pending", rounds__stages__outcome="pending",
                                   rounds__stages__deadline_at__lt=at).distinct()  # fmt: skip


def _approval_trigger():
    """Nothing passes the gate without the decisions of everybody required, on exactly the content of now (O8)."""
    return pgtrigger.Trigger(
        name="approval_is_earned",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Insert,
        condition=pgtrigger.Q(new__status__in=[str(status) for status in PAST_THE_GATE]),
        func="""
            IF TG_OP = 'UPDATE' THEN
                IF OLD.status = NEW.status THEN RETURN NEW; END IF;
                IF NEW.kind = 'standard' AND OLD.status IN ('implementing', 'implemented', 'backed_out', 'review') THEN RETURN NEW; END IF;
                IF NEW.kind = 'emergency' AND NEW.status = 'implementing' AND NEW.unreachable_reason <> '' THEN RETURN NEW; END IF;
                IF NEW.kind = 'emergency' AND NEW.status IN ('implemented', 'backed_out', 'review') THEN RETURN NEW; END IF;
                IF NEW.kind = 'emergency' AND NEW.status = 'closed' AND EXISTS (
                    SELECT 1 FROM changes_approvalround r WHERE r.change_id = NEW.id AND r.kind = 'after'
                      AND r.outcome IN ('approved', 'rejected') AND r.fingerprint = changes_fingerprint(NEW)) THEN RETURN NEW; END IF;
            END IF;
            IF NEW.kind = 'standard' AND EXISTS (
                SELECT 1 FROM changes_standardmodel m WHERE m.id = NEW.model_id AND m.status = 'approved' AND m.plan = NEW.plan
                  AND m.back_out_plan = NEW.back_out_plan AND m.category = NEW.category) THEN RETURN NEW; END IF;
            IF NOT (NEW.kind = 'emergency' AND NEW.status = 'closed') AND NEW.kind <> 'standard' AND changes_is_approved(NEW)
                THEN RETURN NEW; END IF;
            RAISE EXCEPTION 'change % can not become "%": not everybody required has approved what it says now', NEW.number, NEW.status;
        """,
    )


@tracked(exclude=["steps_taken"])
class Change(Stepped):
    """Something to be done to our services, decided by the right people on exactly what they read."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("changes_number"))
    status = StatusField(_("state"), choices=Status, default=Status.DRAFT)
    kind = models.CharField(_("type"), max_length=10, choices=Kind, default=Kind.NORMAL)
    category = models.CharField(_("category"), max_length=20, choices=Category)
    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("reason"))
    benefit = models.TextField(_("benefit"), blank=True)
    impact = models.TextField(_("what customers notice"), blank=True)
    interrupts = models.BooleanField(_("the service is interrupted or slow meanwhile"), default=False)
    plan = models.JSONField(_("plan"), default=list, blank=True)
    """[{"words": text, "minutes": whole number}] in order."""
    back_out_plan = models.TextField(_("back-out plan"), blank=True)
    test_evidence = models.TextField(_("how it was tested"), blank=True)
    starts_at = models.DateTimeField(_("window from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("window until"), null=True, blank=True)
    services = models.ManyToManyField(Service, verbose_name=_("services"), blank=True, related_name="changes")
    items = models.ManyToManyField(ConfigurationItem, verbose_name=_("configuration items"), blank=True, related_name="changes")
    customers = models.ManyToManyField(Organisation, verbose_name=_("customers concerned"), blank=True, related_name="changes_concerning")
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), on_delete=models.PROTECT, related_name="changes_asked_for"
    )
    implementer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("carried out by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="changes_to_do",
    )
    model = models.ForeignKey(
        StandardModel, verbose_name=_("model"), null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    assessment = models.ForeignKey(RiskAssessment, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    risk = models.CharField(_("risk"), max_length=10, choices=Risk, blank=True, editable=False)
    raised_at = models.DateTimeField(_("asked for at"), editable=False)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    unreachable_reason = models.TextField(_("why it starts without a decision"), blank=True, editable=False)
    retrospect = models.CharField(max_length=10, choices=Retrospect, blank=True, editable=False)
    verdict = models.CharField(_("what becomes of it"), max_length=10, choices=Verdict, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    result = models.CharField(_("result"), max_length=12, choices=Result, blank=True, editable=False)
    items_confirmed_at = models.DateTimeField(null=True, editable=False)
    items_confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    review_due = models.BooleanField(default=False, editable=False)
    review = models.TextField(_("review"), blank=True, editable=False)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "-number"], name="changes_change_status"),
            models.Index(fields=["requester", "-number"], name="changes_change_requester"),
            models.Index(fields=["implementer", "starts_at"], name="changes_change_implementer"),
            models.Index(fields=["starts_at", "ends_at"], name="changes_change_window"),
            GistIndex(WINDOW, name="changes_change_period", condition=Q(starts_at__isnull=False, ends_at__isnull=False)),
            models.Index(fields=["closed_at"], name="changes_change_closed", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["finished_at"], name="changes_change_finished", condition=Q(finished_at__isnull=False)),
            models.Index(fields=["-id"], name="changes_change_emergency", condition=Q(kind="emergency")),
            GistIndex(
                Func("started_at", "finished_at", Value("[]"), function="tstzrange"),
                name="changes_change_lasted",
                condition=Q(started_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(starts_at=None) | Q(ends_at=None), name="changes_window_in_order"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values) & Q(category__in=Category.values), name="changes_sorts"),
            models.CheckConstraint(condition=~Q(kind="standard") | Q(model__isnull=False), name="changes_standard_has_model"),
            models.CheckConstraint(condition=~Q(status="closed") | ~Q(result=""), name="changes_closed_with_result"),
            models.CheckConstraint(condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")), name="changes_done_in_order"),
            models.CheckConstraint(condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("implementer")), name="changes_reviewed_by_another"),
        ]
        triggers = [_approval_trigger()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    def get_absolute_url(self):
        return reverse("changes:detail", args=[self.number])

    def fingerprint(self):
        """SHA-256 of what a decision is bound to, computed by the database from what it holds now (after any save)."""
        return self._asked("changes_fingerprint")

    def document(self):
        """What a decision is bound to, as the database puts it together: a dict of plain values and ids."""
        found = self._asked("changes_document")
        return json.loads(found) if isinstance(found, str) else found

    def is_approved(self):
        """Whether every stage of a round before the change is approved, on exactly what the database holds now."""
        return self._asked("changes_is_approved")

    def _asked(self, function):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(c) FROM changes_change c WHERE c.id = %s", [self.pk])
            found = cursor.fetchone()[0]
        return found

    @property
    def is_over(self):
        return self.status in OVER

    @step(source=PREPARED, target=Status.ASSESSED, may=rules.may_work, label=_("Assess the risk"))
    def assess(self, *, assessment):
        self.assessment, self.risk = assessment, assessment.risk
        return {"score": assessment.score, "risk": assessment.risk}

    @step(source=Status.ASSESSED, target=Status.AWAITING, may=rules.may_work, needs=rules.COMPLETE, label=_("Submit for approval"))
    def submit(self, *, at, round_no):
        self.submitted_at, self.approved_at = at, None
        return {"round": round_no}

    @step(source=PREPARED, target=Status.APPROVED, may=rules.may_work,
          needs=[rules.NEEDS_PLAN, rules.NEEDS_BACK_OUT, rules.NEEDS_WINDOW, rules.NEEDS_IMPLEMENTER],
          label=_("Take up the approved model"))  # fmt: skip
    def take_up(self, *, at):
        self.submitted_at = self.approved_at = at
        return {"model": self.model_id}

    @step(source=Status.AWAITING, target=Status.APPROVED, label=_("Approve"))
    def approve(self, *, at, round_no):
        self.approved_at = at
        return {"round": round_no}

    @step(source=Status.AWAITING, target=Status.REJECTED, label=_("Reject"))
    def reject(self, *, round_no):
        return {"round": round_no}

    @step(source=Status.AWAITING, target=Status.ASSESSED, may=rules.may_work, label=_("Withdraw the submission"))
    def withdraw(self):
        self.submitted_at = None

    @step(source=DECIDED_ON, target=Status.ASSESSED, may=rules.may_work, label=_("Rework"))
    def rework(self):
        self.submitted_at = self.approved_at = None

    @step(source=Status.APPROVED, target=Status.SCHEDULED, may=rules.may_work, needs=[rules.NEEDS_WINDOW], label=_("Schedule"))
    def schedule(self):
        return {"from": self.starts_at.isoformat(), "until": self.ends_at.isoformat()}

    @step(source=Status.SCHEDULED, target=Status.IMPLEMENTING, may=rules.may_implement, label=_("Start"))
    def start(self, *, at):
        self.started_at = at

    @step(
        source=[Status.ASSESSED, Status.AWAITING], target=Status.IMPLEMENTING, may=rules.may_implement, label=_("Start without a decision")
    )
    def start_unapproved(self, *, at, reason):
        self.started_at, self.unreachable_reason = at, reason

    @step(source=Status.IMPLEMENTING, target=Status.IMPLEMENTED, may=rules.may_implement, label=_("Implemented"))
    def implement(self, *, at, review_why):
        self.finished_at, self.review_due = at, bool(review_why)
        return {"review_why": review_why}

    @step(
        source=[Status.IMPLEMENTING, Status.IMPLEMENTED, Status.REVIEW],
        target=Status.BACKED_OUT,
        may=rules.may_implement,
        label=_("Backed out"),
    )
    def back_out(self, *, at, reason):
        self.finished_at, self.review_due = at, True
        self.review, self.reviewed_by, self.items_confirmed_at, self.items_confirmed_by = "", None, None, None

    @step(source=ENDED, target=None, may=rules.may_implement, label=_("Confirm the configuration items"))
    def confirm_items(self, *, by, at, unchanged):
        self.items_confirmed_by, self.items_confirmed_at = by, at
        return {"unchanged": unchanged}

    @step(source=DONE, target=Status.REVIEW, may=rules.may_judge, label=_("Review"))
    def look_back(self, *, by, review):
        self.review, self.reviewed_by = review, by

    @step(source=[Status.IMPLEMENTING, *ENDED], target=None, may=rules.may_settle, needs=[rules.NEEDS_REJECTION, rules.NEEDS_NO_VERDICT],
          label=_("Say what becomes of it"))  # fmt: skip
    def settle(self, *, verdict):
        self.verdict = verdict
        return {"verdict": verdict}

    @step(source=[*DONE, Status.REVIEW], target=Status.CLOSED, may=rules.may_work,
          needs=[rules.NEEDS_RECORD, rules.NEEDS_ITEMS, rules.NEEDS_RETROSPECT, rules.NEEDS_REVIEW], label=_("Close"))  # fmt: skip
    def close(self, *, at, result):
        self.closed_at, self.result = at, result
        return {"result": result}

    @step(source=[*PREPARED, *DECIDED_ON], target=Status.CANCELLED, may=rules.may_work, label=_("Cancel"))
    def cancel(self, *, reason):
        pass

    @step(source=[*PREPARED, *DECIDED_ON, Status.IMPLEMENTING, *ENDED], target=None, may=rules.may_work, label=_("Edit"))
    def edit(self, *, fields, material):
        return {"fields": fields, "material": material}


class Remark(models.Model):
    """What somebody says about a change, perhaps in answer to a decider's question. Append-only."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="remarks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("words"))
    answers = models.ForeignKey("changes.Decision", null=True, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self):
        return self.words[:40]
