"""Who may open the files of a change and of what was said about it."""

from changes.models import Change, Remark
from itsm.documents import access


def register():
    """Let whoever may see a change open its files."""
    access.register(Change, _sees)
    access.register(Remark, lambda person, record: _sees(person, record.change), subject=lambda record: record.change)


def _sees(person, change):
    return Change.objects.visible_to(person).filter(pk=change.pk).exists()
