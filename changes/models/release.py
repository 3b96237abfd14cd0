"""Releases: changes that go out together, on criteria verified before, from a baseline (8.5.3)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models.change import Change, Result
from changes.models.transition import Transition
from itsm.core.flow import StatusField, Stepped, says, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import tracked

PREFIX = "REL"


class ReleaseKind(models.TextChoices):
    MAJOR = "major", _("Major release")
    MINOR = "minor", _("Minor release")
    EMERGENCY = "emergency", _("Emergency release")


class ReleaseStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    READY = "ready", _("Ready")
    DEPLOYED = "deployed", _("Deployed")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


@says(_("Only who answers for the release, or the change manager, may do this."))
def may_keep(person, release):
    return person.is_internal and (person.pk == release.owner_id or rules.manages(person))


class ReleaseQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every release; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One release, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("owner", "transition").get(pk=pk)


@tracked(exclude=["steps_taken"])
class Release(Stepped):
    """A bundle of changes that is deployed together."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("changes_release_number"))
    status = StatusField(_("state"), choices=ReleaseStatus, default=ReleaseStatus.PLANNED)
    kind = models.CharField(_("type"), max_length=10, choices=ReleaseKind, default=ReleaseKind.MINOR)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("what it brings"))
    packages = models.TextField(_("what is deployed"), blank=True, help_text=_("Names with version or checksum, one a line."))
    plan = models.TextField(_("deployment plan"))
    notes = models.TextField(_("note for others"), blank=True, help_text=_("What colleagues and customers have to know."))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("answers for it"), on_delete=models.PROTECT, related_name="releases")
    starts_at = models.DateTimeField(_("planned from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("planned until"), null=True, blank=True)
    transition = models.ForeignKey(
        Transition, verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="releases"
    )
    changes = models.ManyToManyField(Change, verbose_name=_("changes"), through="ReleaseEntry", related_name="releases")
    baseline = models.JSONField(null=True, editable=False)
    """The items touched, as they stood just before: [{"code", "name", "type", "status", "details", "parents"}]."""
    after = models.JSONField(null=True, editable=False)
    """The same items when the release was closed."""
    ready_at = models.DateTimeField(null=True, editable=False)
    deployed_at = models.DateTimeField(null=True, editable=False)
    deployed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    result = models.CharField(_("result"), max_length=12, choices=Result, blank=True, editable=False)
    analysis = models.TextField(_("what was learnt"), blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(starts_at=None) | Q(ends_at=None), name="changes_release_window"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["deployed", "closed"]) | Q(baseline__isnull=False), name="changes_release_baseline"
            ),
            models.CheckConstraint(condition=~Q(status="closed") | ~Q(result=""), name="changes_release_result"),
        ]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    def get_absolute_url(self):
        return reverse("changes:release", args=[self.number])

    @step(source=ReleaseStatus.PLANNED, target=ReleaseStatus.READY, may=may_keep, label=_("Declare it ready"))
    def make_ready(self, *, at, criteria):
        self.ready_at = at
        return {"criteria": criteria}

    @step(source=ReleaseStatus.READY, target=ReleaseStatus.PLANNED, may=may_keep, label=_("Plan it anew"))
    def replan(self):
        self.ready_at = None

    @step(source=ReleaseStatus.READY, target=ReleaseStatus.DEPLOYED, may=may_keep, label=_("Deployed"))
    def deploy(self, *, by, at, baseline):
        self.deployed_by, self.deployed_at, self.baseline = by, at, baseline
        return {"items": len(baseline)}

    @step(source=ReleaseStatus.DEPLOYED, target=ReleaseStatus.CLOSED, may=may_keep, label=_("Close the release"))
    def close(self, *, at, result, analysis, after):
        self.closed_at, self.result, self.analysis, self.after = at, result, analysis, after
        return {"result": result}

    @step(source=[ReleaseStatus.PLANNED, ReleaseStatus.READY], target=ReleaseStatus.CANCELLED, may=may_keep, label=_("Cancel the release"))
    def cancel(self, *, reason):
        pass

    @step(source=[ReleaseStatus.PLANNED, ReleaseStatus.READY], target=None, may=may_keep, label=_("Edit"))
    def edit(self, *, fields):
        return {"fields": fields}


class ReleaseEntry(models.Model):
    """A change in a release; no change is in two."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="entries")
    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="release_entry")

    def __str__(self):
        return f"{self.release_id} {self.change_id}"


class Criterion(models.Model):
    """What has to hold before a release goes out, and who saw that it does."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="criteria")
    no = models.PositiveSmallIntegerField()
    words = models.TextField(_("acceptance criterion"))
    met = models.BooleanField(null=True)
    evidence = models.TextField(_("evidence"), blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(fields=["release", "no"], name="changes_criterion_once"),
            models.CheckConstraint(
                condition=Q(met=None) | Q(verified_by__isnull=False, verified_at__isnull=False), name="changes_criterion_seen"
            ),
        ]

    def __str__(self):
        return self.words
