"""One timeline of an incident: messages, steps, calls, escalations and mails, in the order they happened."""

import dataclasses
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import ConfigurationItem, Service
from changes.models import Change
from incidents.models import ClosingKind, Message
from incidents.models.conversation import Decision
from itsm.core.models import StepTaken
from itsm.documents.models import Attachment
from itsm.notices.models import Notice
from itsm.notices.wording import subject
from itsm.people.models import Organisation, Person, Team
from sla.models import PAUSE_REASONS, ClockFire

QUIET_STEPS = {"log"}
DONE = {
    "assign": gettext_lazy("Assigned to %(person)s"),
    "reassign": gettext_lazy("Reassigned from %(before)s to %(person)s"),
    "hand_over": gettext_lazy("Handed over to %(person)s"),
    "release": gettext_lazy("Returned to the queue"),
    "accept": gettext_lazy("Accepted"),
    "wait": gettext_lazy("Paused: waiting for the customer"),
    "resume": gettext_lazy("Resumed: the clock runs again"),
    "resume_in_queue": gettext_lazy("Resumed in the queue"),
    "resolve": gettext_lazy("Solution proposed"),
    "reopen": gettext_lazy("Reopened"),
    "reprioritise": gettext_lazy("Priority changed from %(before)s to %(priority)s"),
    "reclassify": gettext_lazy("Service changed from %(before)s to %(after)s"),
    "transfer": gettext_lazy("Handed from %(before)s to %(after)s"),
    "ask_supplier": gettext_lazy("Asked %(after)s; our clocks run on"),
    "supplier_answered": gettext_lazy("%(after)s answered"),
    "point_at": gettext_lazy("Configuration item changed from %(before)s to %(after)s"),
    "confirm_cause": gettext_lazy("Caused by %(after)s"),
    "withdraw_cause": gettext_lazy("Not caused by %(after)s after all"),
}
ABOUT = {
    "reclassify": (Service, "service"),
    "transfer": (Team, "team"),
    "ask_supplier": (Organisation, "supplier"),
    "supplier_answered": (Organisation, "supplier"),
    "point_at": (ConfigurationItem, "item"),
    "confirm_cause": (Change, "change"),
    "withdraw_cause": (Change, "change"),
}
"""Steps that name something else than people: what, and under which key."""

REASONS = {**dict(PAUSE_REASONS), "owner_left": gettext_lazy("The owner has left")}


@dataclasses.dataclass
class Entry:
    """One line of the timeline. `kind`: message, note, answer, step, call, escalation or mail."""

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
    """Everything that happened, oldest first, as far as this person may read it.

    Seven queries at most, however long it is, and one more each where services, teams or suppliers are named.
    """
    entries = conversation(incident, person)
    if person.is_internal:
        entries += _steps(incident) + _calls(incident) + _escalations(incident) + _mails(incident)
    return sorted(entries, key=lambda entry: entry.at)


def _steps(incident):
    taken = [s for s in StepTaken.objects.about(incident).select_related("by") if s.step not in QUIET_STEPS]
    people = Person.objects.in_bulk(
        {s.details[key] for s in taken for key in ("assignee", "before") if key in s.details and s.step not in (*ABOUT, "reprioritise")}
    )
    others = _others(taken)
    return [Entry("step", step.effective_at, step.by, _done(step, people, others), _reason(step), step) for step in taken]


def _others(taken):
    """`{(step, id): what it names}` of steps about services, teams and suppliers; a query only for kinds that occur."""
    found = {}
    for name, (model, after) in ABOUT.items():
        ids = {step.details.get(key) for step in taken if step.step == name for key in ("before", after)} - {None}
        found |= {(name, pk): named for pk, named in (model.objects.in_bulk(ids) if ids else {}).items()}
    return found


def _done(step, people, others):
    """What a step did, as a sentence."""
    details = step.details
    known = {"before": people.get(details.get("before")), "person": people.get(details.get("assignee"))}
    if step.step == "reprioritise":
        known = {"before": f"P{details.get('before')}", "priority": f"P{details.get('priority')}"}
    if step.step in ABOUT:
        _model, after = ABOUT[step.step]
        known = {"before": others.get((step.step, details.get("before")), "–"), "after": others.get((step.step, details.get(after)), "–")}
    if step.step == "close":
        return str(ClosingKind(details["kind"]).label) if details.get("kind") else _("Closed")
    return str(DONE.get(step.step, step.step)) % known


def _reason(step):
    """Why, in words: a code of the agreement's list or of ours, or what the person wrote."""
    return str(REASONS.get(step.reason, step.reason))


VERDICTS = {
    Decision.REFUSED: gettext_lazy("The confirmation by phone was not accepted"),
    Decision.SUPERSEDED: gettext_lazy("The customer's own answer overtook the confirmation by phone"),
}


def _calls(incident):
    """What customers said on the phone after a solution, and the verdicts that closed nothing; a closing tells of itself."""
    if not (incident.resolved_at or incident.reopen_count):
        return []
    entries = []
    for call in incident.phone_confirmations.select_related("called_by", "second_by"):
        entries.append(Entry("call", call.called_at, call.called_by, _("The customer confirmed by phone"), call.note, call))
        if call.decision in VERDICTS:
            entries.append(Entry("call", call.decided_at, call.second_by, str(VERDICTS[call.decision]), call.remark, call))
    return entries


def _escalations(incident):
    """Warnings and breaches that were told; steps an outage collapsed into a later one are left out."""
    kind = ContentType.objects.get_for_model(type(incident))
    fires = ClockFire.objects.filter(clock__content_type=kind, clock__object_id=incident.pk, collapsed=False).select_related("clock")
    return [Entry("escalation", fired.scheduled_for, text=_told(fired), record=fired) for fired in fires]


def _told(fired):
    metric = fired.clock.get_metric_display()
    mark = int(fired.step) if fired.step.isdigit() else 100
    if mark < 100:
        return _("Escalation step at %(percent)s %% of the time: %(metric)s") % {"percent": fired.step, "metric": metric}
    if mark > 100:
        return _("Escalated, still open after the promise was broken: %(metric)s") % {"metric": metric}
    return _("Promise broken: %(metric)s") % {"metric": metric}


def _mails(incident):
    """Mails that a mail server accepted."""
    told = list(Notice.objects.about(incident).filter(delivery__accepted_at__isnull=False).select_related("person", "delivery"))
    for notice in told:
        notice.record = incident
    return [Entry("mail", notice.delivery.accepted_at, notice.person, subject(notice)) for notice in told]
