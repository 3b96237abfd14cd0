"""Who may open the files of findings and corrective actions."""

from audits.models import CorrectiveAction, Finding
from itsm.documents import access


def register():
    """Let whoever may see a finding open its files and those of its actions."""
    access.register(Finding, lambda person, record: Finding.objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(
        CorrectiveAction, lambda person, record: CorrectiveAction.objects.visible_to(person).filter(pk=record.pk).exists(),
        subject=lambda record: record.finding,
    )  # fmt: skip
