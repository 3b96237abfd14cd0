"""Who may open the files of an incident and of its messages."""

from incidents.models import Incident, Message
from itsm.documents import access


def register():
    access.register(Incident, lambda person, record: Incident.objects.visible_to(person).filter(pk=record.pk).exists())
    access.register(
        Message,
        lambda person, record: Message.objects.visible_to(person).filter(pk=record.pk).exists(),
        subject=lambda record: record.incident,
    )
