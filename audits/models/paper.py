"""The working paper of an audit: what was drawn, as it was then, and what an auditor saw in each record (9.2; requirements 86 to 89)."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import sampling
from audits.models.audit import Audit
from audits.models.auditing import AuditArea
from itsm.core.trail import append_only, tracked


class Outcome(models.TextChoices):
    """What a test says of a record."""

    PASS = "pass", pgettext_lazy("test", "passes")
    FAIL = "fail", pgettext_lazy("test", "fails")
    NONE = "na", pgettext_lazy("test", "not applicable")


class ItemResult(models.TextChoices):
    """What became of a record of the sample."""

    OPEN = "open", _("To be read")
    PASS = "pass", pgettext_lazy("record", "Passes")
    FAIL = "fail", pgettext_lazy("record", "Fails")


class Why(models.TextChoices):
    """Why a record is in the sample."""

    DRAWN = "drawn", _("drawn")
    ALWAYS = "mandatory", _("always read")
    SWAPPED_IN = "swapped_in", _("in the place of another")


class SampleQuerySet(models.QuerySet):
    def visible_to(self, person):
        """The samples of the audits that somebody may see."""
        return self.filter(audit__in=Audit.objects.visible_to(person))

    def counted(self):
        """With how many records stand in it, and how many of those are read, and fail."""
        standing = Q(items__swapped_out_at=None, items__id__isnull=False)
        return self.annotate(
            size=models.Count("items", filter=standing),
            read=models.Count("items", filter=standing & ~Q(items__result=ItemResult.OPEN)),
            failed=models.Count("items", filter=standing & Q(items__result=ItemResult.FAIL)),
        )


class Sample(models.Model):
    """One draw: the whole population by id and hash, and the seed; its records are the items. Append-only."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="samples")
    no = models.PositiveSmallIntegerField(_("number"))
    area = models.ForeignKey(AuditArea, models.PROTECT, null=True, related_name="samples")
    kind = models.CharField(_("records"), max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    seed = models.BigIntegerField()
    population = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    packed = models.BinaryField()
    """The rows of the population as sampling.packed writes them."""
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample of an audit")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "no"], name="audits_paper_numbered_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="audits_paper_in_order"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.audit} · {self.no}"

    def get_absolute_url(self):
        return reverse("audits:sample", args=[self.audit.number, self.no])

    @property
    def begins_at(self):
        """The first instant whose records were looked at: `since` is the last one before it."""
        return self.since + timedelta(microseconds=1)

    @cached_property
    def rows(self):
        """The frozen population."""
        return sampling.unpacked(self.packed)

    @cached_property
    def drawn_again(self):
        """`(Sample, {id: class})` that the frozen population and the seed give: the same, whoever draws."""
        return sampling.draw(self.rows, self.seed), sampling.always(self.rows, self.seed)

    @cached_property
    def holds(self):
        """Whether drawing again gives the same records and the same hash; those that others were swapped for count, not the swaps."""
        again, besides = self.drawn_again
        first = set(self.items.filter(replaces=None).values_list("object_id", flat=True))
        return again.digest == self.digest and first == {*again.keys, *besides}


class SampleItemQuerySet(models.QuerySet):
    def standing(self):
        """Those that nobody swapped for another."""
        return self.filter(swapped_out_at=None)

    def locked(self, pk):
        """One item, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("sample__audit", "sample__area").defer("sample__packed").get(pk=pk)


FROZEN = ("sample", "place", "content_type", "object_id", "label", "title", "rank", "post", "picture", "sha256", "machine", "why", "sort",
          "replaces")  # fmt: skip
"""What nobody changes once a record is drawn: the database refuses it."""


def _swap_trigger():
    return pgtrigger.Trigger(
        name="swapped_once", when=pgtrigger.Before, operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__swapped_out_at__isnull=False),
        func="RAISE EXCEPTION 'record % was swapped for another and stays as it is', OLD.label;",
    )  # fmt: skip


def _read_trigger():
    """Nobody leaves a record aside once it was judged."""
    return pgtrigger.Trigger(
        name="judged_stays", when=pgtrigger.Before, operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__swapped_out_at__isnull=True, new__swapped_out_at__isnull=False),
        func="""
            IF OLD.why = 'mandatory' OR EXISTS (SELECT 1 FROM audits_judgement j WHERE j.item_id = OLD.id)
            THEN RAISE EXCEPTION 'record % is read always, or judged already: it can not be swapped', OLD.label; END IF;
            RETURN NEW;
        """,
    )  # fmt: skip


@tracked(exclude=["picture", "machine"])
class SampleItem(models.Model):
    """One record of a sample, exactly as it was when it was drawn, with what the rules said of it then."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    label = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    rank = models.CharField(max_length=10)
    """Its priority as the population is ordered by."""
    post = models.CharField(max_length=40, blank=True)
    picture = models.JSONField()
    sha256 = models.CharField(max_length=64)
    machine = models.JSONField(default=list)
    """[{"rule", "version", "result", "reasons", "details"}] of every rule of its sort, by the order of the clauses."""
    why = models.CharField(max_length=10, choices=Why)
    sort = models.CharField(max_length=20, blank=True)
    """The class that is always read whole, if it belongs to one."""
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    swapped_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    swapped_out_at = models.DateTimeField(null=True)
    swap_reason = models.TextField(blank=True)
    assigned = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=6, choices=ItemResult, default=ItemResult.OPEN)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)

    objects = SampleItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of a sample")
        ordering = ["place"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="audits_item_of_record")]
        constraints = [
            models.UniqueConstraint(fields=["sample", "place"], name="audits_item_place"),
            models.UniqueConstraint(fields=["sample", "content_type", "object_id"], name="audits_item_once"),
            models.CheckConstraint(
                condition=Q(swapped_out_at=None, swapped_out_by=None, swap_reason="")
                | Q(swapped_out_at__isnull=False, swapped_out_by__isnull=False) & ~Q(swap_reason=""),
                name="audits_item_swapped_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(result="open", read_by=None, read_at=None)
                | Q(result__in=["pass", "fail"], read_by__isnull=False, read_at__isnull=False),
                name="audits_item_read_by_somebody",
            ),
            models.CheckConstraint(condition=Q(why="swapped_in") ^ Q(replaces=None), name="audits_item_replaces"),
        ]
        triggers = [pgtrigger.ReadOnly(name="stays_as_drawn", fields=list(FROZEN)), _swap_trigger(), _read_trigger()]

    def __str__(self):
        return self.label

    @property
    def shown_number(self):
        return self.label

    def get_absolute_url(self):
        return reverse("audits:paper", args=[self.sample.audit.number, self.sample.no, self.place])


def _standing_trigger():
    return pgtrigger.Trigger(
        name="judged_while_it_stands", when=pgtrigger.Before, operation=pgtrigger.Insert,
        func="""
            IF EXISTS (SELECT 1 FROM audits_sampleitem i WHERE i.id = NEW.item_id AND i.swapped_out_at IS NOT NULL)
            THEN RAISE EXCEPTION 'this record was swapped for another'; END IF;
            IF NOT EXISTS (SELECT 1 FROM audits_sampleitem i JOIN audits_sample s ON s.id = i.sample_id
                JOIN audits_audit a ON a.id = s.audit_id WHERE i.id = NEW.item_id AND a.status = 'in_progress')
            THEN RAISE EXCEPTION 'records are judged while the audit is in progress'; END IF;
            RETURN NEW;
        """,
    )  # fmt: skip


class Judgement(models.Model):
    """What an auditor says of one test of one record; the newest counts. `rule` is "" for what they saw themselves. Append-only."""

    item = models.ForeignKey(SampleItem, models.PROTECT, related_name="judgements")
    rule = models.CharField(max_length=30, blank=True)
    machine = models.CharField(max_length=4, choices=Outcome, blank=True)
    result = models.CharField(max_length=4, choices=Outcome)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("judgement")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(machine=F("result")) | ~Q(reason=""), name="audits_overridden_with_reason"),
        ]
        triggers = [*append_only(), _standing_trigger()]

    def __str__(self):
        return f"{self.item_id} {self.rule} {self.result}"

    @property
    def is_override(self):
        """Whether the auditor says something else than the rule."""
        return bool(self.rule) and self.machine != self.result


class EvidenceKind(models.TextChoices):
    RECORD = "record", _("The record as it is now")
    INTERVIEW = "interview", _("What somebody said")
    OBSERVATION = "observation", _("What I saw")
    FILE = "file", _("A file")


class Evidence(models.Model):
    """Something that speaks for a judgement, with its hash: a state of the record, words, or files. Append-only."""

    item = models.ForeignKey(SampleItem, models.PROTECT, related_name="evidence")
    kind = models.CharField(_("sort"), max_length=12, choices=EvidenceKind)
    words = models.TextField(_("words"), blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who said it"), null=True, related_name="+")
    facts = models.JSONField(null=True)
    """The picture of the record, or name, size and hash of every file."""
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("evidence")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="audits_evidence_sorts"),
            models.CheckConstraint(condition=Q(kind__in=["record", "file"]) | ~Q(words=""), name="audits_evidence_says_something"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.item_id} {self.kind}"

    def get_absolute_url(self):
        return self.item.get_absolute_url()
