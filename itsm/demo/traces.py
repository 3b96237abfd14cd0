"""What a past incident left besides itself: messages, mails, links, receipts, calls, told breaches. Rows are only made here."""

import hashlib
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import translation

from incidents import kinds
from incidents.imports.copying import copy
from incidents.imports.history import Kind
from incidents.imports.replay import Replay
from incidents.models import ClosingKind, Incident, Message, PhoneConfirmation, Status
from incidents.models.conversation import Decision, Visibility
from incidents.purposes import shown_to_confirm
from incidents.services.closing import REMINDERS
from itsm.calendars.services import add_working_days
from itsm.demo.past import Scene
from itsm.links.models import Receipt, SignedLink, hash_of
from itsm.links.services import Facts, fingerprint
from itsm.notices.models import Delivery, Notice
from sla import kinds as sla_kinds
from sla.models import ClockFire

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
LINK_LIFE = timedelta(days=30)
A_SECOND, A_MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Traces:
    """Rows of many incidents by table; `write` inserts them, tables that others point at first."""

    def __init__(self, now):
        self._now = now
        self._last_receipts = {}
        self._kind = ContentType.objects.get_for_model(Incident)
        self.rows = {model: [] for model in (Message, PhoneConfirmation, SignedLink, Receipt, Notice, Delivery, ClockFire)}

    def write(self):
        """Insert everything: one COPY for each table but the tracked one."""
        PhoneConfirmation.objects.bulk_create(self.rows.pop(PhoneConfirmation))
        for model, rows in self.rows.items():
            copy(model, rows)

    def leave(self, scene: Scene, replay: Replay, clocks):
        """Everything one incident left behind; its row and its clocks are written."""
        self._talk(scene, replay.incident)
        self._ask(scene, replay)
        self._tell_breaches(scene, replay.incident, clocks)

    def _talk(self, scene, incident):
        said = {Kind.ACCEPTED: "accepted", Kind.WAITING: "ask"}
        for fact in scene.history.facts:
            if fact.kind in said and not fact.implied:
                self._say(incident, incident.assignee, scene.writer.says(said[fact.kind]), fact.at)
            if fact.kind is Kind.RESUMED and not fact.implied:
                self._say(incident, scene.contact, scene.writer.says("answer"), fact.at, from_customer=True)
            if fact.kind is Kind.ACCEPTED and scene.chance.random() < 0.3:
                at = fact.at + (incident.resolved_at - fact.at) * 0.4
                self._say(incident, incident.assignee, scene.writer.says("note"), at, visibility=Visibility.INTERNAL)

    def _say(self, incident, author, body, at, *, visibility=Visibility.PUBLIC, from_customer=False):
        self.rows[Message].append(
            Message(incident=incident, author=author, body=body, visibility=visibility, from_customer=from_customer, sent_at=at)
        )

    def _ask(self, scene, replay):
        """The question after every solution, and what came of it."""
        incident, solutions = replay.incident, _solutions(scene.history)
        for no, (resolved_at, reopened_at) in enumerate(solutions):
            if not scene.contact.email:
                continue
            link = self._link(incident, scene.contact, resolved_at)
            self._mail(incident, scene.contact, kinds.CONFIRM, f"past-{no}", resolved_at)
            if reopened_at:
                link.used_at = reopened_at
                self._receipt(scene, link, incident, "not_solved", reopened_at, words=scene.writer.says("not_solved"), rating=None)
        if not scene.contact.email:
            self._call(scene, incident)
        elif incident.closing_kind == ClosingKind.CONFIRMED:
            link.used_at = incident.closed_at
            words = scene.writer.says("thanks")
            self._receipt(scene, link, incident, "solved", incident.closed_at, words=words, rating=incident.rating)
        else:
            self._remind(scene, incident)

    def _link(self, incident, contact, at):
        link = SignedLink(
            purpose=kinds.CONFIRM_LINK, content_type=self._kind, object_id=incident.pk, person=contact,
            issued_at=at, expires_at=at + LINK_LIFE,
        )  # fmt: skip
        link.token_hash = hash_of(link.token)
        self.rows[SignedLink].append(link)
        return link

    def _mail(self, incident, person, kind, key, at, *, params=None, in_app=False):
        notice = Notice(
            person=person, kind=kind, content_type=self._kind, object_id=incident.pk, key=key, params=params or {},
            in_app=in_app, told_at=at, read_at=at + 5 * A_MINUTE if in_app else None,
        )  # fmt: skip
        self.rows[Notice].append(notice)
        self.rows[Delivery].append(Delivery(notice=notice, owed_at=at, next_try_at=at, tries=1, accepted_at=at + 2 * A_SECOND))

    def _receipt(self, scene, link, incident, choice, at, *, words, rating):
        facts = Facts(ip=f"203.0.113.{scene.chance.randint(2, 250)}", user_agent=scene.chance.choice((PHONE, DESK)))
        link.record = incident
        with translation.override(scene.contact.language):
            shown = shown_to_confirm(link)
        said = {"choice": choice, "words": words, "rating": rating, "at": at, "language": scene.contact.language}
        receipt = _sealed(link, facts, shown, self._last_receipts.get(incident.pk), **said)
        self._last_receipts[incident.pk] = receipt
        self.rows[Receipt].append(receipt)

    def _remind(self, scene, incident):
        """The reminders that went out before it lapsed, or by now."""
        for no, days in enumerate(REMINDERS[:-1], 1):
            at = add_working_days(incident.resolved_at, days)
            if at <= self._now:
                self._mail(incident, scene.contact, kinds.REMINDER, f"past-{no}", at)

    def _call(self, scene, incident):
        """Nobody has mail there: a colleague called, and a second one checked it; or the call is still to come."""
        if incident.status == Status.RESOLVED:
            return
        called_at = incident.resolved_at + (incident.closed_at - incident.resolved_at) / 2
        self.rows[PhoneConfirmation].append(
            PhoneConfirmation(
                incident=incident,
                called_by=incident.assignee,
                called_at=called_at,
                note=scene.writer.says("phone_note"),
                second_by=scene.second,
                decided_at=incident.closed_at,
                decision=Decision.CONFIRMED,
            )
        )

    def _tell_breaches(self, scene, incident, clocks):
        """The step that fired and whom it told (requirement 47)."""
        for clock in clocks:
            if clock.breached_at is None or clock.breach_cause != "time":
                continue
            fired_at = clock.breached_at + A_SECOND
            self.rows[ClockFire].append(
                ClockFire(clock=clock, generation=clock.generation, step="100", scheduled_for=clock.breached_at, fired_at=fired_at)
            )
            params = {
                "metric": clock.metric, "percent": 100, "due_at": clock.breached_at.isoformat(), "target_s": clock.target_s,
                "priority": clock.priority,
            }  # fmt: skip
            key = f"{clock.pk}:{clock.generation}:100"
            self._mail(incident, scene.service.team.lead, sla_kinds.BREACH, key, fired_at, params=params, in_app=True)


def _solutions(history):
    """`[(resolved at, reopened at or None)]` in order."""
    ends = [fact for fact in history.facts if fact.kind in (Kind.RESOLVED, Kind.REOPENED)]
    resolved = [fact.at for fact in ends if fact.kind is Kind.RESOLVED]
    reopened = [fact.at for fact in ends if fact.kind is Kind.REOPENED]
    return list(zip(resolved, [*reopened, None], strict=False))


def _sealed(link, facts, shown, before, **said):
    """A receipt chained to the one before it."""
    shown_sha256 = hashlib.sha256(shown.encode()).hexdigest()
    receipt = Receipt(
        link=link, purpose=link.purpose, content_type=link.content_type, object_id=link.object_id, seq=before.seq + 1 if before else 1,
        person=link.person, shown_text=shown, shown_sha256=shown_sha256, ip=facts.ip, user_agent=facts.user_agent,
        previous_sha256=before.sha256 if before else "", **said,
    )  # fmt: skip
    receipt.sha256 = fingerprint(receipt)
    return receipt
