"""Who may open the files of findings, corrective actions and working papers."""

from audits.models import Audit, CorrectiveAction, Finding, SampleItem
from itsm.documents import access


def register():
    """Let whoever may see a finding open its files and those of its actions, and whoever may see an audit those of its papers."""
    access.register(Finding, lambda person, record: Finding.objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(
        CorrectiveAction, lambda person, record: CorrectiveAction.objects.visible_to(person).filter(pk=record.pk).exists(),
        subject=lambda record: record.finding,
    )  # fmt: skip
    access.register(
        SampleItem, lambda person, item: Audit.objects.visible_to(person).filter(pk=item.sample.audit_id).exists(),
        subject=lambda item: item.sample.audit,
    )  # fmt: skip
