"""One timeline of a change: steps, decisions, remarks, overrides and mails, in the order they happened."""

import dataclasses
from datetime import datetime
from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from changes.models import Change, Choice, Decision, Remark, Result, Risk
from itsm.core.models import StepTaken
from itsm.documents.models import Attachment
from itsm.notices.models import Notice
from itsm.notices.wording import subject
from itsm.people.models import Person, Role

DONE = {
    "submit": gettext_lazy("Submitted for approval"),
    "take_up": gettext_lazy("The approved model was taken up"),
    "approve": gettext_lazy("Approved by everybody who had to"),
    "reject": gettext_lazy("Rejected"),
    "withdraw": gettext_lazy("Submission withdrawn"),
    "rework": gettext_lazy("Back to the draft: what was decided counts no more"),
    "schedule": gettext_lazy("Scheduled"),
    "start": gettext_lazy("Begun"),
    "start_unapproved": gettext_lazy("Begun without a decision"),
    "implement": gettext_lazy("Implemented"),
    "back_out": gettext_lazy("Backed out"),
    "confirm_items": gettext_lazy("Configuration items confirmed"),
    "look_back": gettext_lazy("Reviewed"),
    "settle": gettext_lazy("Settled after it was rejected"),
    "cancel": gettext_lazy("Cancelled"),
}
SAID = {
    Choice.APPROVE: gettext_lazy("approved"),
    Choice.REJECT: gettext_lazy("rejected"),
    Choice.ASK: gettext_lazy("asked"),
    Choice.ABSTAIN: gettext_lazy("abstained"),
}
OTHER_FIELDS = {"answers": gettext_lazy("what it answers")}
"""Names in an edit that are no fields of the change."""


@dataclasses.dataclass
class Entry:
    """One line of the timeline. `kind`: step, decision, remark, override or mail; `sign` is an icon's name."""

    kind: str
    at: datetime
    person: Person | None = None
    text: str = ""
    remark: str = ""
    record: Model | None = None
    on_behalf_of: Person | None = None
    files: list = dataclasses.field(default_factory=list)

    KINDS: ClassVar = ("step", "decision", "remark", "override", "mail")

    @property
    def sign(self):
        return ICONS.get(getattr(self.record, "step", self.kind), "point")


ICONS = {
    "assess": "list-check", "submit": "send", "take_up": "check", "approve": "circle-check", "reject": "x", "withdraw": "arrow-back-up",
    "rework": "arrow-back-up", "schedule": "calendar", "start": "player-play", "start_unapproved": "player-play", "implement": "check",
    "back_out": "rotate", "confirm_items": "check", "look_back": "eye", "close": "circle-check", "cancel": "x", "edit": "pencil",
    "override": "alert-triangle", "mail": "mail",
}  # fmt: skip


def steps_taken(change):
    """The steps of a change, oldest first, with who took them. One query."""
    return list(StepTaken.objects.about(change).select_related("by"))


def decisions_of(change):
    """Everything that deciders said about a change, oldest first. One query."""
    found = Decision.objects.filter(stage__round__change=change)
    return list(found.select_related("person", "on_behalf_of", "seat__organisation", "stage__round").order_by("id"))


def timeline(change, taken=None, decided=None):
    """Everything that happened, oldest first. Six queries however long it is; less what is given already."""
    taken = steps_taken(change) if taken is None else taken
    decided = decisions_of(change) if decided is None else decided
    entries = [_decision_entry(decision) for decision in decided] + [_step_entry(step) for step in taken]
    entries += _remarks(change) + _overrides(change) + _mails(change)
    return sorted(entries, key=lambda entry: entry.at)


def open_questions(decided, remarks):
    """The questions of deciders that nobody has answered yet, oldest first."""
    answered = {remark.answers_id for remark in remarks}
    return [d for d in decided if d.choice == Choice.ASK and d.pk not in answered]


def _step_entry(step):
    return Entry("step", step.effective_at, step.by, _done(step), step.reason, step)


def _done(step):
    """What a step did, as a sentence."""
    details = step.details
    if step.step == "assess":
        return _("Risk assessed: %(risk)s, %(score)s points") % {"risk": Risk(details["risk"]).label, "score": details["score"]}
    if step.step == "edit":
        return _edited(details)
    if step.step == "close":
        return _("Closed: %(result)s") % {"result": Result(details["result"]).label}
    return str(DONE.get(step.step, step.step))


def _edited(details):
    """Which fields were edited, and whether that sent the change back."""
    names = ", ".join(_field_name(name) for name in details.get("fields", []))
    if details.get("material"):
        return _("Edited in substance: %(fields)s") % {"fields": names}
    return _("Edited: %(fields)s") % {"fields": names}


def _field_name(name):
    """The words of a field's name."""
    if name in OTHER_FIELDS:
        return str(OTHER_FIELDS[name])
    return str(Change._meta.get_field(name).verbose_name) if name in FIELDS else name


FIELDS = {field.name for field in Change._meta.get_fields() if hasattr(field, "verbose_name")}


def _decision_entry(decision):
    seat = decision.seat
    role = str(Role(seat.role).label)
    for_whom = f"{role} · {seat.organisation}" if seat.organisation else role
    text = _("%(said)s as %(role)s") % {"said": SAID[decision.choice], "role": for_whom}
    return Entry("decision", decision.at, decision.person, text, decision.words, decision, decision.on_behalf_of)


def _remarks(change):
    """What was said, with its files. Two queries."""
    said = list(change.remarks.select_related("person", "answers__person"))
    files = _files_of(said)
    return [Entry("remark", remark.at, remark.person, remark.words, record=remark, files=files.get(remark.pk, [])) for remark in said]


def _files_of(remarks):
    kind = ContentType.objects.get_for_model(Remark)
    found = {}
    for file in Attachment.objects.filter(content_type=kind, object_id__in=[r.pk for r in remarks]).order_by("uploaded_at", "id"):
        found.setdefault(file.object_id, []).append(file)
    return found


def _overrides(change):
    """Conflicts that somebody let pass. One query."""
    entries = []
    for override in change.overrides.select_related("by"):
        entries.append(Entry("override", override.at, override.by, _("A conflict was let pass"), override.reason, override))
    return entries


def _mails(change):
    """Mails that a mail server accepted, one line for those of one kind that went out together. One query."""
    told = Notice.objects.about(change).filter(delivery__accepted_at__isnull=False).select_related("person", "delivery")
    together = {}
    for notice in told.order_by("delivery__accepted_at", "id"):
        notice.record = change
        together.setdefault((notice.kind, notice.key), []).append(notice)
    return [_mail_entry(notices) for notices in together.values()]


def _mail_entry(notices):
    first, count = notices[0], len(notices)
    names = ", ".join(notice.person.display for notice in notices[:3])
    if count > 3:
        names = ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", count - 3) % {"names": names, "n": count - 3}
    text = _("Mail “%(subject)s” reached %(names)s") % {"subject": subject(first), "names": names}
    return Entry("mail", first.delivery.accepted_at, text=text, record=first)
