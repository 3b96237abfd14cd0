"""Records for the tests of rules, good or bad as a test wants them: written past the triggers that would refuse the bad ones."""

from datetime import UTC, datetime, timedelta
from functools import cached_property

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.db.backends.postgresql.psycopg_any import DateRange

from audits.models import Process, ProcessOwner
from catalog.models import ConfigurationItem, Entitlement, ItemType, ItemUpdate, Relation, Service, UpdateExplained
from changes.models import (
    ApprovalRound,
    Change,
    Criterion,
    Decision,
    PolicyVersion,
    Questionnaire,
    Release,
    ReleaseEntry,
    Review,
    RiskAssessment,
    Seat,
    Stage,
    StandardModel,
    Transition,
)
from incidents.models import Incident, Message, PhoneConfirmation
from itsm.calendars import services as calendars
from itsm.core.models import StepTaken
from itsm.links.models import Receipt, SignedLink
from itsm.notices.models import Delivery, Notice
from itsm.people.models import Organisation, Role
from sla.models import Agreement, AgreementVersion, Clock, ClockEvent, ClockFire, Target
from tests import cast

AT = datetime(2026, 10, 14, 2, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Shanghai, one week after the holidays."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def kind(model):
    return ContentType.objects.get_for_model(model)


class World:
    """A small company; everything in it is made when it is first asked for."""

    def __init__(self):
        self.office = calendars.ensure_defaults(at=LONG_AGO)[1]
        self.made = 0

    def number(self):
        self.made += 1
        return self.made

    def kept(self, model, /, **fields):
        """A row, whatever the triggers would say."""
        with pgtrigger.ignore():
            return model.objects.create(**fields)

    @cached_property
    def own(self):
        return cast.own_company()

    @cached_property
    def team(self):
        return cast.team()

    @cached_property
    def engineer(self):
        return cast.staff("engineer", Role.ENGINEER, team=self.team)

    @cached_property
    def other(self):
        return cast.staff("other", Role.ENGINEER, team=self.team)

    @cached_property
    def gone(self):
        return cast.staff("gone", is_active=False)

    @cached_property
    def customer(self):
        return cast.customer(account_owner=self.engineer)

    @cached_property
    def contact(self):
        return cast.person("contact", organisation=self.customer)

    @cached_property
    def service(self):
        return self.a_service()

    def a_service(self, **fields):
        words = {"content": "c", "target": "t", "audience": "a", "cost": "k", "name": "网银"}
        fields = {**words, "code": f"svc-{self.number()}", "criticality": "core", "owner": self.engineer, "team": self.team, **fields}
        return self.kept(Service, **fields)

    def an_item(self, **fields):
        box = ItemType.objects.get_or_create(code="box", defaults={"name": "设备"})[0]
        code = f"box-{self.number()}"
        return self.kept(
            ConfigurationItem, **{"code": code, "name": code, "type": box, "owner": self.engineer, "description": "d", **fields}
        )

    def related(self, item):
        self.kept(Relation, child=item, parent=self.an_item(), kind="runs_on")
        return item

    def incident(self, **fields):
        contacted_at = fields.pop("contacted_at", AT - 2 * DAY)
        whole = {
            "customer": self.customer, "contact": self.contact, "service": self.service, "team": self.team, "assignee": self.engineer,
            "title": "网银转账超时", "description": "d", "impact": 2, "urgency": 2, "priority": 3, "status": "in_progress",
            "contacted_at": contacted_at, "logged_at": contacted_at + 2 * MINUTE, "responded_at": contacted_at + 3 * MINUTE,
        }  # fmt: skip
        return self.kept(Incident, **{**whole, **fields})

    def closed(self, **fields):
        """A closed incident, confirmed by phone, with the steps that led there."""
        over = {
            "status": "closed", "closing_kind": "phone", "resolution": "done", "resolution_code": "fixed", "resolved_at": AT - 26 * HOUR,
            "closed_at": AT - DAY,
        }  # fmt: skip
        made = self.incident(**{**over, **fields})
        self.step(made, "resolve", at=AT - 26 * HOUR)
        self.step(made, "close", at=AT - DAY)
        return made

    def called(self, incident, **fields):
        whole = {"called_by": self.engineer, "called_at": AT - 25 * HOUR, "note": "works", "second_by": self.other, "decided_at": AT - DAY}
        self.kept(PhoneConfirmation, **{"incident": incident, "decision": "confirmed", **whole, **fields})
        return incident

    def receipted(self, incident):
        link = self.kept(
            SignedLink, purpose="confirm", content_type=kind(Incident), object_id=incident.pk, person=self.contact, token_hash="x" * 64,
            nonce="n", issued_at=AT, expires_at=AT + DAY,
        )  # fmt: skip
        self.kept(
            Receipt, link=link, purpose="confirm", content_type=kind(Incident), object_id=incident.pk, seq=1, person=self.contact,
            choice="solved", shown_text="t", shown_sha256="h", language="en", at=AT - 25 * HOUR, sha256="h",
        )  # fmt: skip
        return incident

    def asked(self, incident, times):
        for no in range(times):
            told = self.notice(incident, "incidents.confirm" if no == 0 else "incidents.reminder", key=f"k{no}", person=self.contact)
            self.kept(Delivery, notice=told, owed_at=AT, next_try_at=AT, accepted_at=AT - 25 * HOUR + no * MINUTE)
        return incident

    def notice(self, record, name, *, key, person=None):
        about = {"content_type": kind(type(record)), "object_id": record.pk}
        return self.kept(Notice, person=person or self.engineer, kind=name, key=key, told_at=AT, **about)

    def step(self, record, name, *, at=AT - DAY, by="engineer", **details):
        seq = StepTaken.objects.about(record).count() + 1
        who = self.engineer if by == "engineer" else by
        return self.kept(
            StepTaken, content_type=kind(type(record)), object_id=record.pk, seq=seq, step=name, target="x", by=who, details=details,
            effective_at=at,
        )  # fmt: skip

    def clock(self, incident, **fields):
        whole = {
            "content_type": kind(Incident), "object_id": incident.pk, "metric": "resolution", "customer": self.customer, "tier": "core",
            "service": self.service, "priority": incident.priority, "contacted_at": incident.contacted_at, "state": "stopped",
            "target_s": 3600, "last_at": AT,
        }  # fmt: skip
        return self.kept(Clock, **{**whole, **fields})

    def broken(self, incident, *, fired_after=timedelta(seconds=2), priority=3):
        """A clock that broke; the step of its breach fired so long after, or never (None)."""
        at = AT - 3 * HOUR
        clock = self.clock(incident, breached_at=at, decided_at=at, outcome="breached", priority=priority)
        if fired_after is not None:
            self.fire(clock, at=at + fired_after)
        return clock

    def fire(self, clock, *, step="100", at=AT - 3 * HOUR):
        return self.kept(ClockFire, clock=clock, generation=1, step=step, scheduled_for=at, fired_at=at)

    def line(self, clock, name, *, at, reason=""):
        seq = clock.events.count() + 1
        return self.kept(ClockEvent, clock=clock, seq=seq, kind=name, effective_at=at, recorded_at=at, reason_code=reason, hash=f"h{seq}")

    def said(self, incident, *, at, **fields):
        return self.kept(
            Message, **{"incident": incident, "author": self.engineer, "visibility": "public", "body": "?", "sent_at": at, **fields}
        )

    def change(self, **fields):
        started_at = fields.pop("started_at", AT - 3 * HOUR)
        whole = {
            "status": "implemented", "kind": "normal", "category": "infrastructure", "title": "Patch", "reason": "r", "plan": [],
            "back_out_plan": "b", "test_evidence": "t", "requester": self.engineer, "implementer": self.other, "risk": "low",
            "raised_at": AT - 5 * DAY, "submitted_at": AT - 4 * DAY, "approved_at": AT - 4 * DAY, "started_at": started_at,
            "finished_at": started_at + HOUR if started_at else None,
        }  # fmt: skip
        return self.kept(Change, **{**whole, **fields})

    def assessed(self, change):
        questions = Questionnaire.objects.first() or self.kept(Questionnaire, no=1, questions=[], medium_from=1, high_from=2)
        answers = self.kept(RiskAssessment, change=change, questionnaire=questions, answers={}, score=1, risk="low", at=AT - 4 * DAY)
        with pgtrigger.ignore():
            Change.objects.filter(pk=change.pk).update(assessment=answers)
        return change

    def round(self, change, *, at, name="before", outcome="approved"):
        policy = PolicyVersion.objects.first() or self.kept(PolicyVersion, no=1, rows=[])
        no = change.rounds.count() + 1
        return self.kept(
            ApprovalRound, change=change, no=no, kind=name, fingerprint="f", document={}, policy=policy, opened_at=at - HOUR,
            outcome=outcome, closed_at=at,
        )  # fmt: skip

    def decided(self, change, by, **fields):
        stage = self.kept(Stage, round=self.round(change, at=AT - 4 * DAY), no=1, rule="all", minutes=60)
        seat = self.kept(Seat, stage=stage, role="ops_lead")
        self.kept(Decision, **{"seat": seat, "stage": stage, "person": by, "choice": "approve", "fingerprint": "f", "at": AT, **fields})
        return change

    def looked_back(self, change, *, at):
        self.kept(Review, change=change, result="successful", words="w", by=self.engineer, at=at)
        return change

    def update(self, **fields):
        item = self.an_item()
        return self.kept(ItemUpdate, **{"item": item, "record": "item", "what": "changed", "after": {}, "at": AT - DAY, **fields})

    def explained(self, update):
        return self.kept(UpdateExplained, update=update, words="It stays as it is.", by=self.engineer)

    def model(self):
        return self.kept(
            StandardModel, code=f"m{self.number()}", name="m", category="other", reason="r", back_out_plan="b", test_evidence="t",
            author=self.engineer,
        )  # fmt: skip

    def release(self, **fields):
        whole = {
            "status": "deployed",
            "title": "R",
            "purpose": "p",
            "plan": "p",
            "owner": self.engineer,
            "baseline": [],
            "deployed_at": AT - DAY,
        }
        return self.kept(Release, **{**whole, **fields})

    def bundled(self, release):
        self.kept(ReleaseEntry, release=release, change=self.change())
        return release

    def criterion(self, release, *, met=True, at=AT - 2 * DAY):
        self.kept(Criterion, release=release, no=release.criteria.count() + 1, words="w", met=met, verified_by=self.other, verified_at=at)
        return release

    def transition(self, **fields):
        whole = {
            "status": "handed_over", "title": "T", "responsible": self.engineer, "plan": "p", "acceptance_criteria": "a",
            "test_results": "r", "accepted_by": self.other, "accepted_at": AT - 2 * DAY, "achieved": "all", "handed_over_at": AT - DAY,
        }  # fmt: skip
        return self.kept(Transition, **{**whole, **fields})

    def bought(self, service=None, customer=None):
        held = {"customer": customer or self.customer, "service": service or self.service}
        return self.kept(Entitlement, **held, valid=DateRange(AT.date() - 30 * DAY, None))

    def agreement(self, *, targets=True, kind="customer", seconds=3600, metric="resolution", **fields):
        party = {
            "customer": {"customer": self.customer},
            "internal": {"team": self.team},
            "supplier": {"supplier": fields.pop("supplier", None)},
        }
        about = {name: fields.pop(name) for name in ("service", "customer") if name in fields}
        made = self.kept(Agreement, name=f"A{self.number()}", kind=kind, **{**party[kind], **about})
        said = {
            "no": 1,
            "status": "accepted",
            "effective_from": LONG_AGO,
            "published_at": LONG_AGO,
            "workload_limits": "w",
            "exceptions": "e",
        }
        version = self.kept(AgreementVersion, agreement=made, **{**said, **fields})
        if targets:
            self.kept(Target, version=version, tier="core", priority=1, metric=metric, seconds=seconds, calendar=self.office)
        return made

    def a_customer(self, **fields):
        code = f"cust-{self.number()}"
        return self.kept(Organisation, **{"kind": "customer", "name": code, "code": code, "account_owner": self.engineer, **fields})

    def a_supplier(self):
        code = f"supp-{self.number()}"
        return self.kept(Organisation, kind="supplier", name=code, code=code)

    def process(self, code="incident"):
        return Process.objects.complete().get(code=code)

    def owned(self, process, owner, deputy=None):
        self.kept(ProcessOwner, process=process, owner=owner, deputy=deputy, valid=DateRange(AT.date() - DAY, None))
        return process
