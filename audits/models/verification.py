"""The proof: a sample of records from after the fix, and the verdict of somebody independent on each of them (O5, requirement 95)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audits import sampling
from audits.models.action import CorrectiveAction
from itsm.core.trail import append_only


def _after_the_fix_trigger():
    return pgtrigger.Trigger(
        name="only_after_the_fix",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NOT EXISTS (SELECT 1 FROM audits_correctiveaction a WHERE a.id = NEW.action_id AND a.implemented_at <= NEW.since
                AND a.owner_id <> NEW.drawn_by_id AND a.implementer_id <> NEW.drawn_by_id)
            THEN RAISE EXCEPTION 'a sample is drawn from records after the fix, by neither owner nor implementer'; END IF;
            RETURN NEW;
        """,
    )


class VerificationSample(models.Model):
    """What was drawn for one action, once: the whole population by id and hash, the seed, and full copies of the chosen records."""

    action = models.OneToOneField(CorrectiveAction, on_delete=models.PROTECT, related_name="sample")
    kind = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    seed = models.BigIntegerField()
    population = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    packed = models.BinaryField(null=True)
    """The rows of the whole population as sampling.packed writes them."""
    rows = models.JSONField(default=list)
    """[[id, hash, process, post, priority, month]] of the whole population, of samples that were drawn before populations were packed."""
    records = models.JSONField()
    """[{"key", "label", "url", "sha256", "picture"}] of the chosen ones, in the order they were drawn."""
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sample")
        constraints = [
            models.CheckConstraint(condition=Q(population__gt=0), name="audits_sample_of_something"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="audits_sample_in_order"),
        ]
        triggers = [*append_only(), _after_the_fix_trigger()]

    def __str__(self):
        return f"{self.action_id} {len(self.records)}/{self.population}"

    @cached_property
    def frozen(self):
        """The sampling Rows of the whole population."""
        return [sampling.Row(*row) for row in self.rows] if self.packed is None else sampling.unpacked(self.packed)

    def drawn_again(self):
        """The Sample that the frozen population and the seed give: the same, whoever draws."""
        return sampling.draw(self.frozen, self.seed)

    @property
    def holds(self):
        """Whether drawing again gives the same records and the same hash."""
        again = self.drawn_again()
        return again.digest == self.digest and list(again.keys) == [record["key"] for record in self.records]


def _independent_trigger():
    return pgtrigger.Trigger(
        name="judged_by_another",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF EXISTS (SELECT 1 FROM audits_verificationsample s JOIN audits_correctiveaction a ON a.id = s.action_id
                WHERE s.id = NEW.sample_id AND NEW.by_id IN (a.owner_id, a.implementer_id, a.recorded_by_id))
            THEN RAISE EXCEPTION 'who owns the action or carried it out does not judge it'; END IF;
            RETURN NEW;
        """,
    )


class Verdict(models.Model):
    """What somebody independent saw in each record of a sample, and what follows from it."""

    sample = models.OneToOneField(VerificationSample, on_delete=models.PROTECT, related_name="verdict")
    results = models.JSONField()
    """[{"key", "passed", "words"}] for every record of the sample."""
    passed = models.PositiveIntegerField()
    judged = models.PositiveIntegerField()
    is_effective = models.BooleanField()
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("verdict")
        constraints = [
            models.CheckConstraint(condition=Q(judged__gt=0, passed__lte=F("judged")), name="audits_verdict_counted"),
            models.CheckConstraint(condition=~Q(words=""), name="audits_verdict_has_words"),
        ]
        triggers = [*append_only(), _independent_trigger()]

    def __str__(self):
        return f"{self.passed}/{self.judged}"

    @property
    def percent(self):
        return 100 * self.passed / self.judged
