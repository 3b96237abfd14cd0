"""Issue links, withdraw them, and keep receipts of what was decided through them."""

import dataclasses
import hashlib
import json

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import Refused
from itsm.links import purposes
from itsm.links.models import LinkState, Receipt, SignedLink, hash_of


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a request tells about itself, and the text that stood on the page it came from."""

    ip: str | None = None
    user_agent: str = ""
    language: str = ""
    shown_text: str = ""


class NotOpen(Refused):
    """The link can't be used (any more); `state` says why."""

    def __init__(self, state):
        super().__init__(_("This link can't be used any more."), code=f"link_{state}")
        self.state = state


@transaction.atomic
def issue(purpose, record, person, *, at=None, lifetime=None):
    """Return a new SignedLink for one person to do one thing with one record.

    `lifetime` (timedelta) defaults to the purpose's. Raises KeyError for an unknown purpose.
    """
    at = at or clock.now()
    lifetime = lifetime or purposes.get(purpose).lifetime
    kind = ContentType.objects.get_for_model(type(record))
    link = SignedLink(purpose=purpose, content_type=kind, object_id=record.pk, person=person, issued_at=at, expires_at=at + lifetime)
    link.token_hash = hash_of(link.token)
    link.save(force_insert=True)
    return link


@transaction.atomic
def link_for(purpose, record, person, *, told_at):
    """Return the link that belongs to a mail owed since `told_at`, whatever became of it since; issue one if there is none.

    It is the newest that was open then, else the first that was issued later: an old mail never carries a newer link.
    """
    links = SignedLink.objects.about(record).filter(purpose=purpose, person=person)
    open_then = links.filter(issued_at__lte=told_at, expires_at__gt=told_at).exclude(revoked_at__lte=told_at).exclude(used_at__lte=told_at)
    found = open_then.order_by("-issued_at").first() or links.filter(issued_at__gt=told_at).order_by("issued_at").first()
    return found or issue(purpose, record, person)


@transaction.atomic
def revoke(record, purpose, *, person=None, at=None):
    """Withdraw every unused link of a purpose to a record, or only one person's; return how many."""
    links = SignedLink.objects.about(record).filter(purpose=purpose, revoked_at=None, used_at=None)
    if person is not None:
        links = links.filter(person=person)
    return links.update(revoked_at=at or clock.now())


def find(token):
    """Return the link this token opens, whatever its state, or None."""
    link = SignedLink.objects.select_related("person__organisation", "content_type").filter(token_hash=hash_of(token)).first()
    return link if link and link.opens_with(token) else None


@transaction.atomic
def decide(link, form, facts, *, at=None):
    """Let the purpose act on a valid form, with record and link locked. Raises NotOpen when the link is not open.

    Two decisions at once become one: the second waits for the first and then finds the link used.
    """
    link = locked(link)
    at = at or clock.now()
    state = link.state(at)
    if state != LinkState.OPEN:
        raise NotOpen(state)
    return purposes.get(link.purpose).act(link, form, facts)


def locked(link):
    """Return the link locked, its record locked before it: whoever works on a record locks in the same order."""
    model = link.content_type.model_class()
    record = model._base_manager.select_for_update(of=("self",)).get(pk=link.object_id)
    link = SignedLink.objects.select_for_update(of=("self",)).select_related("person__organisation").get(pk=link.pk)
    link.record = record
    return link


@transaction.atomic
def receive(link, choice, words="", shown_text="", facts=None, *, at=None, by=None, rating=None):
    """Write the receipt of a decision and close a single-use link, unless this choice leaves it open; return the Receipt. Raises NotOpen.

    `by` is the one who acts in the person's place, None for the person. `shown_text` defaults to the facts' text.
    """
    facts = facts or Facts()
    link = locked(link)
    at = at or clock.now()
    state = link.state(at)
    if state != LinkState.OPEN:
        raise NotOpen(state)
    shown_text = shown_text or facts.shown_text
    receipt = _chained(link, facts, choice=choice, words=words, rating=rating, shown_text=shown_text, at=at, by=by)
    receipt.save(force_insert=True)
    purpose = purposes.get(link.purpose)
    if purpose.single_use and choice not in purpose.stays_open:
        SignedLink.objects.filter(pk=link.pk).update(used_at=at)
    return receipt


def _chained(link, facts, **said):
    last = Receipt.objects.filter(content_type=link.content_type, object_id=link.object_id).order_by("seq").last()
    receipt = Receipt(
        link=link,
        purpose=link.purpose,
        content_type=link.content_type,
        object_id=link.object_id,
        seq=last.seq + 1 if last else 1,
        person=link.person,
        shown_sha256=hashlib.sha256(said["shown_text"].encode()).hexdigest(),
        language=facts.language or translation.get_language() or "",
        ip=facts.ip,
        user_agent=facts.user_agent[:400],
        previous_sha256=last.sha256 if last else "",
        **said,
    )
    receipt.sha256 = fingerprint(receipt)
    return receipt


def fingerprint(receipt):
    """Return the SHA-256 over everything a receipt says, and over the one before it."""
    said = {
        "link": str(receipt.link_id),
        "purpose": receipt.purpose,
        "record": [receipt.content_type_id, receipt.object_id, receipt.seq],
        "person": [receipt.person_id, receipt.by_id],
        "choice": receipt.choice,
        "words": receipt.words,
        "rating": receipt.rating,
        "shown": receipt.shown_sha256,
        "language": receipt.language,
        "at": receipt.at.timestamp(),
        "from": [receipt.ip, receipt.user_agent],
        "previous": receipt.previous_sha256,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken(record):
    """Return the first receipt of a record that no longer says what was signed, or None if the chain holds."""
    previous = ""
    for seq, receipt in enumerate(Receipt.objects.about(record).order_by("seq"), start=1):
        shown = hashlib.sha256(receipt.shown_text.encode()).hexdigest()
        whole = receipt.seq == seq and receipt.previous_sha256 == previous and receipt.shown_sha256 == shown
        if not whole or receipt.sha256 != fingerprint(receipt):
            return receipt
        previous = receipt.sha256
    return None
