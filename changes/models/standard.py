"""Models of standard changes: approved once, run unchanged, suspended by one failure (8.5.1)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from changes import rules
from itsm.core.flow import StatusField, Stepped, says, step
from itsm.core.trail import tracked


class ModelStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")
    RETIRED = "retired", _("Retired")


@says(_("Only the change manager approves a model, and nobody their own."))
def may_approve(person, model):
    return rules.manages(person) and person.pk not in (model.author_id, model.edited_by_id)


@says(_("Only who wrote the model or the change manager may do this."))
def may_keep(person, model):
    return person.is_internal and (person.pk == model.author_id or rules.manages(person))


@tracked()
class StandardModel(Stepped):
    """Steps that were approved once for every run of a routine change of low risk."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    status = StatusField(_("state"), choices=ModelStatus, default=ModelStatus.DRAFT)
    category = models.CharField(_("category"), max_length=20)
    reason = models.TextField(_("what it is for"))
    impact = models.TextField(_("what customers notice"), blank=True)
    interrupts = models.BooleanField(_("the service is interrupted or slow meanwhile"), default=False)
    plan = models.JSONField(_("plan"), default=list)
    back_out_plan = models.TextField(_("back-out plan"))
    test_evidence = models.TextField(_("how it was tested"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("written by"), on_delete=models.PROTECT, related_name="+")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    review_due_on = models.DateField(_("look at it again by"), null=True, editable=False)
    suspended_why = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(approved_by=F("author")), name="changes_model_of_two"),
            models.CheckConstraint(condition=~Q(approved_by=F("edited_by")), name="changes_model_edited_by_another"),
            models.CheckConstraint(condition=~Q(status="approved") | Q(approved_by__isnull=False), name="changes_model_approved"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("changes:model", args=[self.code])

    @step(source=[ModelStatus.DRAFT, ModelStatus.SUSPENDED], target=ModelStatus.APPROVED, may=may_approve,
          needs=[rules.NEEDS_PLAN, rules.NEEDS_BACK_OUT, rules.NEEDS_TEST], label=_("Approve the model"))  # fmt: skip
    def approve(self, *, by, at, review_due_on):
        self.approved_by, self.approved_at, self.review_due_on, self.suspended_why = by, at, review_due_on, ""

    @step(source=ModelStatus.DRAFT, target=None, may=may_keep, label=_("Edit the model"))
    def edit(self, *, by, fields):
        self.edited_by = by
        return {"fields": fields}

    @step(source=ModelStatus.APPROVED, target=None, may=may_approve, label=_("Keep the model after its review"))
    def keep(self, *, review_due_on):
        self.review_due_on = review_due_on
        return {"until": review_due_on.isoformat()}

    @step(source=[ModelStatus.APPROVED, ModelStatus.SUSPENDED], target=ModelStatus.DRAFT, may=may_keep, label=_("Rework the model"))
    def rework(self):
        self.approved_by = self.approved_at = self.review_due_on = None

    @step(source=ModelStatus.APPROVED, target=ModelStatus.SUSPENDED, label=_("Suspend the model"))
    def suspend(self, *, reason):
        self.suspended_why = reason

    @step(source=[ModelStatus.DRAFT, ModelStatus.APPROVED, ModelStatus.SUSPENDED], target=ModelStatus.RETIRED, may=may_keep,
          label=_("Retire the model"))  # fmt: skip
    def retire(self):
        pass
