"""Facts: what was decided about one record at one instant, the sums of them, and the months in which nothing changes any more."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from itsm.core.trail import append_only, keep_table
from itsm.people.models import Organisation, Team

NOBODY = -1
"""In sums: facts without a customer, service or team; 0 stands for all of them together."""
ALL_PRIORITIES = 0
"""In spreads: all priorities together."""


class FactQuerySet(models.QuerySet):
    def newest_first(self):
        """The order of every list of rows."""
        return self.order_by("-at", "-id")


class Fact(models.Model):
    """What was decided, when, and how things stood then. Frozen when its month is closed."""

    kind = models.CharField(max_length=12)
    source_id = models.BigIntegerField()
    month = models.DateField()
    day = models.DateField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True, default="")
    marks = models.PositiveIntegerField(default=0)
    lengths = ArrayField(models.BigIntegerField())

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.kind} {self.source_id} {self.day}"


class TicketFact(Fact):
    """A fact about an incident or one of its clocks; customer, service, team, handler, tier and priority as they were at that instant."""

    record_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    tier = models.CharField(max_length=10)
    priority = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            models.Index(fields=["record_type", "record_id"], name="fact_of_record"),
            models.Index(fields=["kind", "-at", "-id"], name="fact_newest"),
            models.Index(fields=["customer", "kind", "-at", "-id"], name="fact_of_customer"),
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "source_id", "month"], name="fact_once")]
        triggers = [keep_table()]


class ChangeFact(Fact):
    """A fact about a change: that it was carried out, or that an approval was decided."""

    change = models.ForeignKey("changes.Change", models.PROTECT, related_name="+")
    tier = models.CharField(max_length=10, blank=True)
    category = models.CharField(max_length=20)
    services = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("fact about a change")
        verbose_name_plural = _("facts about changes")
        indexes = [models.Index(fields=["kind", "-at", "-id"], name="change_fact_newest")]
        constraints = [models.UniqueConstraint(fields=["kind", "source_id", "month"], name="change_fact_once")]
        triggers = [keep_table()]


class Tally(models.Model):
    """How many facts are alike on a day or in a month, and the sums of their lengths. Kept in step with the facts.

    Of every fact one row counts it with all its dimensions; others count it with one of them, or with none (the others are 0).
    slot: of arrivals in a month the hour of the week, 0 for Monday 0:00 to 1:00 in the company's zone; else -1.
    """

    grain = models.CharField(max_length=1, choices=[("d", _("day")), ("m", _("month"))])
    start = models.DateField()
    customer = models.BigIntegerField()
    service = models.BigIntegerField()
    team = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    priority = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12)
    marks = models.PositiveIntegerField()
    slot = models.SmallIntegerField(default=-1)
    number = models.IntegerField()
    sums = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "grain", "customer", "service", "team", "start", "priority", "outcome", "marks", "slot"], name="tally_once"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.start} {self.number}"


class Spread(models.Model):
    """How the lengths of a kind of fact are spread in a month: `{bucket: how many}` on a logarithmic scale (reports.spread)."""

    start = models.DateField()
    customer = models.BigIntegerField()
    service = models.BigIntegerField()
    team = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    priority = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    counts = models.JSONField()

    class Meta:
        verbose_name = _("spread")
        verbose_name_plural = _("spreads")
        constraints = [
            models.UniqueConstraint(fields=["kind", "no", "customer", "service", "team", "start", "priority"], name="spread_once")
        ]

    def __str__(self):
        return f"{self.kind} {self.no} {self.start}"


class ClosedMonth(models.Model):
    """A month whose facts never change again; `sha256` over all of them."""

    month = models.DateField(unique=True)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    facts = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-month"]
        triggers = append_only()

    def __str__(self):
        return f"{self.month:%Y-%m}"


class Restatement(models.Model):
    """What would be counted otherwise in a closed month, since something became known after it was closed: shown beside, never put in.

    before, after: the fact as JSON, null where there was none or is none any more. cause: what happened, words: why they said so.
    """

    month = models.DateField()
    kind = models.CharField(max_length=12)
    source_id = models.BigIntegerField()
    record_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    cause = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("restatement")
        verbose_name_plural = _("restatements")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["month", "-id"], name="restatement_of_month"),
            models.Index(fields=["kind", "source_id", "month", "-id"], name="restatement_of_fact"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.month:%Y-%m} {self.kind} {self.source_id}"


class Touched(models.Model):
    """A record whose facts may be others now: written by the database with every step and every line of a clock's log."""

    record_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    record_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("touched record")
        verbose_name_plural = _("touched records")

    def __str__(self):
        return f"{self.record_type_id}/{self.record_id}"
