"""One timeline of an incident: messages, steps, escalations and mails, in the order they happened."""

import dataclasses
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from incidents.models import Message
from itsm.core.flow import steps_of
from itsm.core.models import StepTaken
from itsm.documents.models import Attachment
from itsm.notices import kinds as notice_kinds
from itsm.notices.models import Notice
from itsm.people.models import Person
from sla.models import ClockFire

QUIET_STEPS = {"log"}


@dataclasses.dataclass
class Entry:
    """One line of the timeline. `kind`: message, note, answer, step, escalation or mail."""

    kind: str
    at: datetime
    person: Person | None = None
    text: str = ""
    remark: str = ""
    record: object = None
    files: list = dataclasses.field(default_factory=list)
    is_response: bool = False


def conversation(incident, person=None):
    """Messages with their files, oldest first: all of them for staff, the public ones otherwise. Two queries."""
    messages = incident.messages.select_related("author").order_by("sent_at", "id")
    if person is None or not person.is_internal:
        messages = messages.public()
    messages = list(messages)
    files = _files_of(messages)
    return [_message_entry(incident, message, files.get(message.pk, [])) for message in messages]


def _files_of(messages):
    """`{message id: [attachments]}`."""
    kind = ContentType.objects.get_for_model(Message)
    found = {}
    for file in Attachment.objects.filter(content_type=kind, object_id__in=[m.pk for m in messages]).order_by("uploaded_at", "id"):
        found.setdefault(file.object_id, []).append(file)
    return found


def _message_entry(incident, message, files):
    kind = "answer" if message.from_customer else "note" if message.visibility == "internal" else "message"
    response = kind == "message" and message.sent_at == incident.responded_at
    return Entry(kind, message.sent_at, message.author, message.body, record=message, files=files, is_response=response)


def timeline(incident, person):
    """Everything that happened, oldest first, as far as this person may read it. Six queries, however long it is."""
    entries = conversation(incident, person)
    if person.is_internal:
        entries += _steps(incident) + _escalations(incident) + _mails(incident)
    return sorted(entries, key=lambda entry: entry.at)


def _steps(incident):
    labels = {step.name: step.label for step in steps_of(type(incident))}
    taken = StepTaken.objects.about(incident).select_related("by")
    return [
        Entry("step", step.effective_at, step.by, str(labels.get(step.step, "")), step.reason, step)
        for step in taken
        if step.step not in QUIET_STEPS
    ]


def _escalations(incident):
    """Warnings and breaches that were told; steps an outage collapsed into a later one are left out."""
    kind = ContentType.objects.get_for_model(type(incident))
    fires = ClockFire.objects.filter(clock__content_type=kind, clock__object_id=incident.pk, collapsed=False).select_related("clock")
    return [Entry("escalation", fired.scheduled_for, text=_told(fired), record=fired) for fired in fires]


def _told(fired):
    metric = fired.clock.get_metric_display()
    if fired.step.isdigit() and int(fired.step) < 100:
        return _("%(percent)s %% of the time used: %(metric)s") % {"percent": fired.step, "metric": metric}
    return _("Promise broken: %(metric)s") % {"metric": metric}


def _mails(incident):
    """Mails that a mail server accepted."""
    told = Notice.objects.about(incident).filter(delivery__accepted_at__isnull=False).select_related("person", "delivery")
    return [
        Entry("mail", notice.delivery.accepted_at, notice.person, str(notice_kinds.get(notice.kind).subject) % {"about": incident.shown_number})
        for notice in told
    ]
