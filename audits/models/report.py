"""The report of an audit as it was issued, and as it was printed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.models.audit import Audit
from itsm.core.trail import append_only


class AuditReport(models.Model):
    """What an audit came to, frozen when it was issued: the facts with their hash. Never changed."""

    audit = models.OneToOneField(Audit, models.PROTECT, related_name="issued")
    facts = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name = _("audit report")
        triggers = append_only()

    def __str__(self):
        return self.sha256


class ReportPaper(models.Model):
    """The report as PDF in one language, as it was printed when it was issued. Never changed."""

    report = models.ForeignKey(AuditReport, models.PROTECT, related_name="papers")
    language = models.CharField(max_length=10)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("printed audit report")
        constraints = [models.UniqueConstraint(fields=["report", "language"], name="audits_paper_language_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.report_id} {self.language}"
