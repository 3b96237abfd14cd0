"""Who may open the files of findings, corrective actions, working papers, management reviews and their actions."""

from audits.models import Audit, AuditorTraining, CorrectiveAction, Finding, ManagementReview, ReviewAction, SampleItem
from itsm.documents import access


def register():
    """Let whoever may see a record open its files; of papers that is the audit."""
    access.register(AuditorTraining, lambda person, _training: person.is_internal)
    for model in (ManagementReview, ReviewAction):
        access.register(model, lambda person, record: type(record).objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(Finding, lambda person, record: Finding.objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(
        CorrectiveAction, lambda person, record: CorrectiveAction.objects.visible_to(person).filter(pk=record.pk).exists(),
        subject=lambda record: record.finding,
    )  # fmt: skip
    access.register(
        SampleItem, lambda person, item: Audit.objects.visible_to(person).filter(pk=item.sample.audit_id).exists(),
        subject=lambda item: item.sample.audit,
    )  # fmt: skip
