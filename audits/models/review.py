"""The management review: inputs compiled and frozen, judged and signed by top management (clause 9.3, requirements 110 and 111)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audits import review_rules as rules
from audits import sampling
from audits.days import worded
from audits.models import review_guards as guards
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import append_only, tracked
from itsm.documents.models import Attachment

PREFIX = "REV"
CHAIR, KEEPER = "chair", "keeper"
CAPACITIES = {CHAIR: _("chair, top management"), KEEPER: _("keeps the minutes")}
"""The capacities that the product itself gives, in the reader's words; all others are somebody's own words."""


class ReviewStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("management review", "Planned")
    PREPARED = "prepared", pgettext_lazy("management review", "Prepared")
    HELD = "held", pgettext_lazy("management review", "Held")
    CLOSED = "closed", pgettext_lazy("management review", "Signed")
    CANCELLED = "cancelled", pgettext_lazy("management review", "Cancelled")


S = ReviewStatus
AHEAD = (S.PLANNED, S.PREPARED)
UNDER_WAY = (*AHEAD, S.HELD)


class Asks(models.TextChoices):
    """Where an input comes from."""

    LIVE = "live", _("from the records")
    WORDS = "words", _("in words")
    BOTH = "both", _("from the records and in words")


class Question(models.TextChoices):
    """What top management judges."""

    SUITABLE = "suitable", _("Suitable")
    ADEQUATE = "adequate", _("Adequate")
    EFFECTIVE = "effective", pgettext_lazy("management review", "Effective")


class Answer(models.TextChoices):
    YES = "yes", pgettext_lazy("verdict", "Yes")
    RESERVATIONS = "reservations", _("Yes, with reservations")
    NO = "no", pgettext_lazy("verdict", "No")


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every review; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One review, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("chair__organisation").get(pk=pk)

    def listed(self):
        """With all that a row of a list shows."""
        return self.select_related("chair").annotate(decided=models.Count("actions", filter=~Q(actions__status="dropped")))

    def closed(self):
        return self.filter(status=S.CLOSED)

    def under_way(self):
        return self.filter(status__in=UNDER_WAY)


@tracked(exclude=["steps_taken"])
class ManagementReview(Stepped):
    """One review: planned, prepared, held, signed. What it was held on is frozen; what was signed stays as it was."""

    QUESTIONS = tuple(Question)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("audits_review_number"))
    status = StatusField(_("state"), choices=ReviewStatus, default=ReviewStatus.PLANNED)
    period_from = models.DateField(_("from"))
    period_until = models.DateField(_("until"))
    planned_on = models.DateField(_("planned for"))
    held_on = models.DateField(_("held on"), null=True, editable=False)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("chair"), related_name="reviews_chaired")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    planned_at = models.DateTimeField()
    inputs_needed = models.PositiveSmallIntegerField(editable=False)
    compiled_at = models.DateTimeField(null=True, editable=False)
    picture = models.JSONField(null=True, editable=False)
    """The inputs as the review was held on them: [{"key", "clause", "title", "question", "lines", "words", …}]."""
    inputs_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    nothing_decided = models.TextField(_("why nothing was decided"), blank=True, default="")
    signed = models.JSONField(null=True, editable=False)
    """What the chair signed: everything that the minutes say."""
    signed_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    outcome = models.TextField(_("why it was cancelled"), blank=True, default="", editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("management review")
        verbose_name_plural = _("management reviews")
        constraints = [
            models.CheckConstraint(condition=Q(period_until__gt=F("period_from")), name="audits_review_period"),
            models.CheckConstraint(
                condition=~Q(status__in=[S.HELD, S.CLOSED]) | (Q(held_on__isnull=False, picture__isnull=False) & ~Q(inputs_sha256="")),
                name="audits_review_held_on_inputs",
            ),
            models.CheckConstraint(condition=~Q(status=S.CANCELLED) | ~Q(outcome=""), name="audits_review_cancelled_with_reason"),
        ]
        triggers = [guards.chaired(), guards.whole(), guards.frozen()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    @property
    def title(self):
        """What it looks back on."""
        return gettext("Management review of %(first)s – %(last)s") % {"first": worded(self.period_from), "last": worded(self.period_until)}

    def get_absolute_url(self):
        return reverse("audits:review", args=[self.number])

    @property
    def is_ahead(self):
        """Whether its inputs may still change."""
        return self.status in AHEAD

    @property
    def is_over(self):
        return self.status in (S.CLOSED, S.CANCELLED)

    def missing_inputs(self):
        """The inputs that nobody compiled or answered yet, in order."""
        return [given for given in self.inputs.all() if not given.is_given]

    @property
    def holds(self):
        """Whether what was frozen and signed still has the hashes that were written down; None before it was held."""
        if self.picture is None:
            return None
        kept = sampling.digest(self.picture) == self.inputs_sha256
        if self.signed is None:
            return kept
        return kept and sampling.digest(self.signed) == self.signed_sha256 and self.signed["inputs_sha256"] == self.inputs_sha256

    @step(source=S.PLANNED, target=S.PREPARED, may=rules.may_keep, label=_("Compile the inputs"))
    def prepare(self, *, at, lines):
        self.compiled_at = at
        return {"lines": lines}

    @step(source=S.PREPARED, target=None, may=rules.may_keep, label=_("Compile the inputs anew"))
    def recompile(self, *, at, changed):
        self.compiled_at = at
        return {"changed": changed}

    @step(source=AHEAD, target=None, may=rules.may_keep, label=_("Answer in words"))
    def put_in_words(self, *, key):
        return {"input": key}

    @step(source=AHEAD, target=None, may=rules.may_keep, label=_("Plan it anew"))
    def replan(self, *, planned_on, chair):
        kept = {"was": self.planned_on.isoformat(), "becomes": planned_on.isoformat(), "from": self.chair_id, "to": chair.pk}
        self.planned_on, self.chair = planned_on, chair
        return kept

    @step(source=AHEAD, target=None, may=rules.may_keep, label=_("Invite somebody"))
    def invite(self, *, person):
        return {"person": person.pk}

    @step(source=S.PREPARED, target=S.HELD, may=rules.may_keep, needs=[rules.NEEDS_INPUTS], label=_("Hold it"))
    def hold(self, *, held_on, picture):
        self.held_on, self.picture, self.inputs_sha256 = held_on, picture, sampling.digest(picture)
        return {"inputs": len(picture)}

    @step(source=S.HELD, target=None, may=rules.may_keep, label=_("Correct the attendance"))
    def attend(self, *, present):
        return {"present": present}

    @step(source=S.HELD, target=None, may=rules.is_chair, label=_("Judge it"))
    def judge(self, *, answers):
        return answers

    @step(source=S.HELD, target=None, may=rules.may_keep, label=_("Write down a decision"))
    def decide(self):
        pass

    @step(source=S.HELD, target=None, may=rules.may_keep, label=_("Nothing was decided"))
    def decide_nothing(self, *, reason):
        self.nothing_decided = reason

    @step(source=S.HELD, target=S.CLOSED, may=rules.is_chair,
          needs=[rules.NEEDS_INPUTS, rules.NEEDS_CHAIR, rules.NEEDS_VERDICTS, rules.NEEDS_DECISIONS],
          label=_("Sign the minutes"))  # fmt: skip
    def sign(self, *, at, signed):
        self.signed, self.signed_sha256, self.closed_at = signed, sampling.digest(signed), at
        return {"sha256": self.signed_sha256}

    @step(source=UNDER_WAY, target=S.CANCELLED, may=rules.may_keep, label=_("Cancel it"))
    def cancel(self, *, at, reason):
        self.outcome, self.closed_at = reason, at


@tracked()
class ReviewInput(models.Model):
    """What a review looks at: compiled from the records, answered in words, or both. Stands still once the review is held."""

    review = models.ForeignKey(ManagementReview, models.PROTECT, related_name="inputs")
    key = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    asks = models.CharField(max_length=5, choices=Asks)
    lines = models.JSONField(default=list)
    """[{"key", "label": {language: words}, "value", "before", "unit", "better", "url"}]"""
    changes = models.JSONField(default=list)
    """What the last compilation gave differently: [{"label", "unit", "was", "now"}]."""
    compiled_at = models.DateTimeField(null=True)
    words = models.TextField(_("answer"), blank=True, default="")
    words_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("input of a review")
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="audits_review_input_once")]
        triggers = [guards.inputs_stand_still()]

    def __str__(self):
        return f"{self.review_id} {self.key}"

    @property
    def needs_compiling(self):
        return self.asks != Asks.WORDS

    @property
    def needs_words(self):
        return self.asks != Asks.LIVE

    @property
    def is_given(self) -> bool:
        """Whether everything that it asks for is there."""
        return (self.compiled_at is not None or not self.needs_compiling) and (bool(self.words.strip()) or not self.needs_words)


@tracked()
class Attendee(models.Model):
    """Somebody invited to a review, in which capacity, and whether they were there."""

    review = models.ForeignKey(ManagementReview, models.PROTECT, related_name="attendees")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+")
    capacity = models.CharField(_("in which capacity"), max_length=120)
    is_present = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("attendee of a review")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="audits_attendee_once"),
            models.CheckConstraint(condition=~Q(capacity=""), name="audits_attendee_has_a_capacity"),
        ]
        triggers = [guards.while_open("attendance_stands")]

    def __str__(self):
        return f"{self.review_id} {self.person_id}"

    @property
    def shown_capacity(self):
        return CAPACITIES.get(self.capacity, self.capacity)


@tracked()
class ReviewVerdict(models.Model):
    """One of the three verdicts of the chair, with reasons."""

    review = models.ForeignKey(ManagementReview, models.PROTECT, related_name="verdicts")
    question = models.CharField(max_length=10, choices=Question)
    answer = models.CharField(_("verdict"), max_length=12, choices=Answer)
    reasons = models.TextField(_("reasons"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("verdict of a review")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "question"], name="audits_review_judged_once"),
            models.CheckConstraint(condition=~Q(reasons="") & Q(question__in=Question.values, answer__in=Answer.values),
                                   name="audits_review_judged_with_reasons"),
        ]  # fmt: skip
        triggers = [guards.judged_by_the_chair()]

    def __str__(self):
        return f"{self.review_id} {self.question}"


class Minutes(models.Model):
    """The signed minutes as a paper in one language, with the hash of its bytes."""

    review = models.ForeignKey(ManagementReview, models.PROTECT, related_name="minutes")
    language = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    file = models.OneToOneField(Attachment, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("minutes of a review")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["review", "language"], name="audits_minutes_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.review_id} {self.language}"


class ReviewReminder(models.Model):
    """The IT service manager was reminded of the next review: once for each number of months since the last one."""

    since = models.DateField()
    months = models.PositiveSmallIntegerField()
    people = models.JSONField(default=list)
    """Ids of those who were told; nobody where a later reminder took its place."""
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder of a review")
        constraints = [models.UniqueConstraint(fields=["since", "months"], name="audits_reminded_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.since} +{self.months}"
