"""Who may open the files of findings, corrective actions, management reviews and their actions."""

from audits.models import CorrectiveAction, Finding, ManagementReview, ReviewAction
from itsm.documents import access


def register():
    """Let whoever may see a record open its files."""
    for model in (ManagementReview, ReviewAction):
        access.register(model, lambda person, record: type(record).objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(Finding, lambda person, record: Finding.objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(
        CorrectiveAction, lambda person, record: CorrectiveAction.objects.visible_to(person).filter(pk=record.pk).exists(),
        subject=lambda record: record.finding,
    )  # fmt: skip
