"""What a management review decided: an action with an owner and a date, done, shown and accepted (clause 9.3)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import review_rules as rules
from audits.models.review import ManagementReview
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import append_only, tracked

PREFIX = "MRA"


class ReviewActionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("review action", "To be signed")
    OPEN = "open", pgettext_lazy("review action", "To be done")
    DONE = "done", pgettext_lazy("review action", "Reported done")
    ACCEPTED = "accepted", pgettext_lazy("review action", "Accepted")
    DROPPED = "dropped", _("Dropped")


S = ReviewActionStatus
RUNNING = (S.OPEN, S.DONE)
OVER = (S.ACCEPTED, S.DROPPED)


class Sort(models.TextChoices):
    """What a decision is about."""

    IMPROVEMENT = "improvement", _("Improvement")
    CHANGE = "change", _("Change of the system or the services")
    RESOURCES = "resources", _("Resources")


class ReviewActionQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every action; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One action, its row locked until the transaction ends. Its review's row is locked first. Raises DoesNotExist."""
        ManagementReview.objects.select_for_update(of=("self",)).get(actions=pk)
        return self.select_for_update(of=("self",)).select_related("owner__organisation", "done_by", "review__chair").get(pk=pk)

    def listed(self):
        """With all that a row of a list shows."""
        return self.select_related("owner", "done_by", "accepted_by", "review")

    def running(self):
        return self.filter(status__in=RUNNING)

    def decided(self):
        """Those that were signed: neither drafts nor what was struck out before."""
        return self.filter(begun_at__isnull=False)


def _life_trigger():
    """Signed with its review, kept as it was decided, accepted by somebody else; a date moves with a reason only."""
    return pgtrigger.Trigger(
        name="decision_stands",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF OLD.status = 'draft' AND NEW.status = 'open' AND NOT EXISTS (
                SELECT 1 FROM audits_managementreview r WHERE r.id = NEW.review_id AND r.status = 'closed') THEN
                RAISE EXCEPTION 'action % begins when its review is signed', OLD.number; END IF;
            IF OLD.review_id <> NEW.review_id OR OLD.status <> 'draft' AND (OLD.title, OLD.why, OLD.sort, OLD.begun_at)
                IS DISTINCT FROM (NEW.title, NEW.why, NEW.sort, NEW.begun_at) THEN
                RAISE EXCEPTION 'action % stays as it was decided', OLD.number; END IF;
            IF OLD.status <> 'draft' AND OLD.due_on <> NEW.due_on AND NOT EXISTS (
                SELECT 1 FROM audits_reviewduemove m WHERE m.action_id = NEW.id AND m.no = NEW.due_moves
                AND NEW.due_moves > OLD.due_moves AND m.was = OLD.due_on AND m.becomes = NEW.due_on) THEN
                RAISE EXCEPTION 'a date of action % moves with a reason only', OLD.number; END IF;
            RETURN NEW;
        """,
    )


def _born_trigger():
    """Decisions are written down while their review is held."""
    return pgtrigger.Trigger(
        name="decided_in_the_review",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NEW.status <> 'draft' OR NOT EXISTS (
                SELECT 1 FROM audits_managementreview r WHERE r.id = NEW.review_id AND r.status = 'held' FOR SHARE)
            THEN RAISE EXCEPTION 'decisions are written down while a review is held'; END IF;
            RETURN NEW;
        """,
    )


@tracked(exclude=["steps_taken"])
class ReviewAction(Stepped):
    """One decision of a review that somebody carries out."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("audits_reviewaction_number"))
    review = models.ForeignKey(ManagementReview, models.PROTECT, verbose_name=_("management review"), related_name="actions")
    status = StatusField(_("state"), choices=ReviewActionStatus, default=ReviewActionStatus.DRAFT)
    sort = models.CharField(pgettext_lazy("decision", "about"), max_length=12, choices=Sort, default=Sort.IMPROVEMENT)
    title = models.CharField(pgettext_lazy("review action", "what is to be done"), max_length=200)
    why = models.TextField(pgettext_lazy("decision", "why"), blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="review_actions_owned")
    due_on = models.DateField(_("due"))
    due_moves = models.PositiveSmallIntegerField(default=0, editable=False)
    begun_at = models.DateTimeField(null=True, editable=False)
    shown = models.TextField(_("what shows it"), blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    outcome = models.TextField(_("why it was dropped"), blank=True, default="", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ReviewActionQuerySet.as_manager()
    origin = "review"

    class Meta:
        verbose_name = _("review action")
        verbose_name_plural = _("review actions")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_on", "id"], name="audits_revaction_due", condition=Q(status__in=RUNNING)),
            models.Index(fields=["owner", "due_on"], name="audits_revaction_owner", condition=Q(status__in=RUNNING)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & Q(sort__in=Sort.values), name="audits_decision_said"),
            models.CheckConstraint(
                condition=~Q(status__in=[S.DONE, S.ACCEPTED]) | (~Q(shown="") & Q(done_by__isnull=False, done_at__isnull=False)),
                name="audits_decision_shown",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.ACCEPTED)
                | (Q(accepted_by__isnull=False, ended_at__isnull=False) & ~Q(accepted_by=F("owner")) & ~Q(accepted_by=F("done_by"))),
                name="audits_decision_accepted_by_another",
            ),
            models.CheckConstraint(condition=~Q(status=S.DROPPED) | ~Q(outcome=""), name="audits_decision_dropped_with_reason"),
            models.CheckConstraint(condition=~Q(status__in=[S.OPEN, S.DONE, S.ACCEPTED]) | Q(begun_at__isnull=False),
                                   name="audits_decision_begun"),
        ]  # fmt: skip
        triggers = [_born_trigger(), _life_trigger()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    def get_absolute_url(self):
        return reverse("audits:review_action", args=[self.number])

    @property
    def is_running(self):
        return self.status in RUNNING

    @property
    def next_due_on(self):
        """The date that counts now, or None when it is over."""
        return self.due_on if self.is_running else None

    @step(source=S.DRAFT, target=None, may=rules.may_keep_action, label=_("Change the decision"))
    def redraft(self, *, fields):
        for name, value in fields.items():
            setattr(self, name, value)

    @step(source=S.DRAFT, target=S.DROPPED, may=rules.may_keep_action, label=_("Strike it out"))
    def strike(self, *, at, reason):
        self.outcome, self.ended_at = reason, at

    @step(source=S.DRAFT, target=S.OPEN, label=_("Begin"))
    def begin(self, *, at):
        self.begun_at = at

    @step(source=S.OPEN, target=S.DONE, may=rules.is_owner, label=_("Report it done"))
    def report(self, *, by, at, shown):
        self.shown, self.done_by, self.done_at = shown, by, at

    @step(source=S.DONE, target=S.ACCEPTED, may=[rules.may_accept, rules.is_another], label=_("Accept it"))
    def accept(self, *, by, at):
        self.accepted_by, self.ended_at = by, at

    @step(source=S.DONE, target=S.OPEN, may=[rules.may_accept, rules.is_another], label=_("Not done yet"))
    def send_back(self):
        self.done_by, self.done_at = None, None

    @step(source=S.OPEN, target=None, may=rules.may_arrange, label=_("Move the date"))
    def move_due(self, *, was, becomes):
        return {"was": was.isoformat(), "becomes": becomes.isoformat()}

    @step(source=S.OPEN, target=None, may=rules.may_arrange, label=_("Hand it over"))
    def hand_over(self, *, owner):
        before, self.owner = self.owner_id, owner
        return {"from": before, "to": owner.pk}

    @step(source=RUNNING, target=S.DROPPED, may=rules.may_drop, label=_("Drop"))
    def drop(self, *, at, reason):
        self.outcome, self.ended_at = reason, at


class ReviewDueMove(models.Model):
    """A date that moved: from when to when, who said so, and why."""

    action = models.ForeignKey(ReviewAction, models.PROTECT, related_name="moves")
    no = models.PositiveSmallIntegerField()
    was = models.DateField()
    becomes = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("date of a review action moved")
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(fields=["action", "no"], name="audits_review_move_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(was=F("becomes")), name="audits_review_move_has_a_reason"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.action_id} {self.was} → {self.becomes}"


class ReviewClimb(models.Model):
    """One step of the ladder of an overdue action, taken once for each date that passed."""

    action = models.ForeignKey(ReviewAction, models.PROTECT, related_name="climbs")
    due_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    people = models.JSONField(default=list)
    """Ids of those who were told."""
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation of a review action")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["action", "due_on", "days"], name="audits_review_climb_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.action_id} +{self.days}"
