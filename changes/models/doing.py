"""What really happened: when each step of a plan was done, and what was said when somebody looked back."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from changes.models.change import Change, Result
from itsm.core.trail import append_only, keep_table


class RunResult(models.TextChoices):
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")


def _run_is_kept():
    """A run is begun once and ended once; what it says then stays, and it is never removed."""
    return pgtrigger.Trigger(
        name="run_is_kept", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF TG_OP = 'UPDATE' AND OLD.finished_at IS NULL AND (OLD.change_id, OLD.no, OLD.words, OLD.started_at, OLD.by_id)
               IS NOT DISTINCT FROM (NEW.change_id, NEW.no, NEW.words, NEW.started_at, NEW.by_id) THEN RETURN NEW; END IF;
            RAISE EXCEPTION 'append-only: step % of change % stays as it was carried out', OLD.no, OLD.change_id;
        """,
    )  # fmt: skip


class StepRun(models.Model):
    """When a step of the plan was really done, and how it went; one row a step, filled once it is begun and once when it ends.

    `words` is the step as it stood in the plan then: the plan of an emergency may be completed afterwards.
    """

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="runs")
    no = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=10, choices=RunResult, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(fields=["change", "no"], name="changes_run_once"),
            models.UniqueConstraint(fields=["change"], condition=Q(finished_at=None), name="changes_one_run_at_a_time"),
            models.CheckConstraint(condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")), name="changes_run_in_order"),
            models.CheckConstraint(
                condition=Q(finished_at=None, ended_by=None, result="")
                | Q(finished_at__isnull=False, ended_by__isnull=False, result__in=RunResult.values),
                name="changes_run_ended",
            ),
            models.CheckConstraint(condition=Q(result__in=["", "done"]) | ~Q(remark=""), name="changes_run_with_words"),
        ]
        triggers = [_run_is_kept(), keep_table()]

    def __str__(self):
        return f"{self.change_id} {self.no}"


class Review(models.Model):
    """The post-implementation review: somebody who did not carry the change out looks back on it. Append-only.

    What is learnt stands in `Change.review`; `result` is what the change should be closed with at best.
    """

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="reviews")
    went_well = models.TextField(_("what went well"), blank=True)
    went_badly = models.TextField(_("what did not"), blank=True)
    follow_ups = models.TextField(_("what is to be done now"), blank=True)
    result = models.CharField(_("result"), max_length=12, choices=Result)
    words = models.TextField(_("what we learn from it"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(result__in=Result.values), name="changes_reviewed_result"),
            models.CheckConstraint(condition=~Q(words=""), name="changes_reviewed_with_words"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.change_id} {self.result}"


def _closing_is_earned():
    """Nothing is closed half done, and none better than it ended, whatever door it comes through."""
    return pgtrigger.Trigger(
        name="closing_is_earned",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Insert,
        condition=pgtrigger.Q(new__status="closed"),
        func="""
            IF TG_OP = 'UPDATE' AND OLD.status = 'closed' THEN RETURN NEW; END IF;
            IF NEW.started_at IS NULL OR NEW.finished_at IS NULL OR NEW.items_confirmed_at IS NULL THEN
                RAISE EXCEPTION 'change % can not be closed: its carrying out, or its items, are not complete', NEW.number; END IF;
            IF (NEW.review_due OR NEW.kind = 'emergency') AND (NEW.review = '' OR NOT EXISTS (
                SELECT 1 FROM changes_review r WHERE r.change_id = NEW.id)) THEN
                RAISE EXCEPTION 'change % can not be closed: its review is due', NEW.number; END IF;
            IF (NEW.retrospect = 'rejected' AND NEW.verdict = '')
               OR (NEW.verdict = 'roll_back' AND NEW.result NOT IN ('backed_out', 'failed')) THEN
                RAISE EXCEPTION 'change % was rejected after the fact, and its end does not say so', NEW.number; END IF;
            IF EXISTS (SELECT 1 FROM jsonb_array_elements(NEW.plan) WITH ORDINALITY p(step, no) WHERE NOT EXISTS (
                SELECT 1 FROM changes_steprun s WHERE s.change_id = NEW.id AND s.no = p.no AND s.finished_at IS NOT NULL))
               AND NEW.result NOT IN ('backed_out', 'failed') THEN
                RAISE EXCEPTION 'change % can not be closed: steps of its plan have no end', NEW.number; END IF;
            IF EXISTS (SELECT 1 FROM core_steptaken t JOIN django_content_type k ON k.id = t.content_type_id
                       WHERE k.app_label = 'changes' AND k.model = 'change' AND t.object_id = NEW.id AND t.step = 'back_out')
               IS DISTINCT FROM (NEW.result = 'backed_out') AND NEW.result <> 'failed' THEN
                RAISE EXCEPTION 'change % can not be closed as "%": that is not how it ended', NEW.number, NEW.result; END IF;
            RETURN NEW;
        """,
    )


pgtrigger.register(_closing_is_earned())(Change)
