"""The demo's history: real incidents lived again by the demo's people, with the demo's words."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from incidents.imports.history import Fact, History, Kind
from incidents.imports.replay import Closing, Offer, Replay, rated
from incidents.models import ClosingKind, Incident, ResolutionCode, Status
from incidents.services.closing import REMINDERS
from itsm.calendars.services import add_working_days
from itsm.demo.cast import TEAM_OF, TEAMS, client_of, service_of, worker_of
from itsm.demo.company import HOME, Company
from itsm.demo.wording import Writer
from sla import log
from sla.models import AgreementVersion, Clock
from sla.services.promises import targets_of

SOURCE = "demo"
EARLY, LATE = 8, 21
CODES = (ResolutionCode.FIXED,) * 7 + (ResolutionCode.WORKAROUND, ResolutionCode.INFORMED, ResolutionCode.DUPLICATE)
RATINGS = (None, None, None, 5, 5, 5, 4, 4, 3, 2)


class Offers:
    """What the demo's customers were promised, looked up once."""

    def __init__(self, company: Company):
        self._versions = {v.agreement.customer_id: v for v in AgreementVersion.objects.select_related("agreement")}
        self._known = {}
        self._company = company

    def of(self, incident: Incident, metric) -> Offer:
        key = (incident.customer_id, incident.service.criticality, incident.priority, metric)
        if key not in self._known:
            self._known[key] = self._made(*key)
        return self._known[key]

    def _made(self, customer_id, tier, priority, metric):
        version = self._versions[customer_id]
        seconds, calendar = targets_of(version, tier, priority)[metric]
        clock = Clock(metric=metric, target_s=seconds, priority=priority, tier=tier, agreement_version=version, calendar_version=calendar)
        return Offer(log.terms_of(clock), log.terms_payload(clock))


def moved(history: History, by: timedelta, now: datetime) -> History | None:
    """The history at its new time without what lies ahead, or None when it is not solved by now. Its closing stays: the demo decides it."""
    facts = tuple(replace(fact, at=fact.at + by) for fact in history.facts)
    facts = tuple(fact for fact in facts if fact.at <= now or fact.kind is Kind.CLOSED)
    told = [fact.kind for fact in facts if fact.kind in (Kind.RESOLVED, Kind.REOPENED)]
    if not told or told[-1] is Kind.REOPENED:
        return None
    return replace(history, contacted_at=history.contacted_at + by, facts=facts)


class Scene:
    """One real incident as the demo company lived it: the World of its replay, and what was said around it."""

    def __init__(self, history: History, company: Company, offers: Offers, now: datetime):
        self.history, self._company, self._offers, self._now = history, company, offers, now
        self.client, self.code = client_of(history), service_of(history)
        self.customer, self.service = company.customers[self.client.key], company.services[self.code]
        self.chance = Random(history.ref)
        contacts = company.contacts[self.client.key]
        self.contact = self.chance.choices(contacts, [8 if person.email else 1 for person in contacts])[0]
        seen_at = (history.contacted_at - timedelta(minutes=self.chance.randint(4, 30))).astimezone(ZoneInfo(self.client.zone))
        self.writer = Writer(history.ref, customer=self.client.key, service=self.code, seen_at=seen_at)
        self._first_team = history.facts[0].team

    def replayed(self, spare_titles) -> Replay:
        """The history lived again, not yet written."""
        first = self.history.facts[0]
        self.case = self.writer.case(first.rating.priority <= 2, spare_titles)
        incident = Incident(
            source=SOURCE, source_ref=self.history.ref, customer=self.customer, contact=self.contact, service=self.service,
            team=self.service.team, title=self.case.title, description=self.case.description, channel=self._channel(),
            contacted_at=self.history.contacted_at, logged_at=first.at, logged_by=self._desk(),
            entitled=self.code not in self.client.lacks, **rated(first.rating),
        )  # fmt: skip
        replay = Replay(incident, self.history, self).run()
        if incident.status == Status.RESOLVED:
            self._await(incident)
        return replay

    def _await(self, incident):
        """Solved, and the customer has not said so yet: when to remind them next, or that they are to be called."""
        if not self.contact.email:
            incident.call_since = incident.resolved_at
            return
        due = [add_working_days(incident.resolved_at, days) for days in REMINDERS]
        incident.ask_stage = sum(at <= self._now for at in due[:-1])
        incident.ask_at = due[incident.ask_stage]

    @property
    def second(self):
        """Who checks a confirmation by phone."""
        return self._company.people["shen.ruoning"]

    def _channel(self):
        return self.chance.choice(("phone", "phone", "phone", "mail", "mail", "chat"))

    def _desk(self):
        return self._company.people["lin.zhixia" if self.chance.random() < 0.8 else "tang.wan"]

    def person(self, name):
        """A colleague of the service's team for whoever the source names."""
        worker = worker_of(name, TEAM_OF[self.code])
        return self._company.people[worker] if worker else None

    def team(self, name):
        """The service's team, or another one where the source moved it away."""
        home = TEAM_OF[self.code]
        if name in (None, self._first_team) or hash_of(name) % 4:
            return self._company.teams[home]
        return self._company.teams[next(key for key in TEAMS if key != home)]

    def actor(self, fact: Fact, incident: Incident):
        """Who took a step: the desk logs, nobody dispatches, the customer answers and reopens, the rest is the owner's."""
        if fact.kind is Kind.LOGGED:
            return incident.logged_by
        if fact.kind is Kind.ASSIGNED:
            return None
        if fact.kind in (Kind.RESUMED, Kind.REOPENED) and not fact.implied:
            return self.contact
        return incident.assignee or self.person(fact.assignee or fact.by)

    def offer(self, incident, metric):
        return self._offers.of(incident, metric)

    def pauses(self, _incident, reason):
        return reason == "waiting_customer_info"

    def reason(self, fact: Fact, _history):
        kinds = {Kind.REASSIGNED: "handover", Kind.REOPENED: "not_solved", Kind.REPRIORITISED: "rerated"}
        return self.writer.says(kinds[fact.kind]) if fact.kind in kinds else ""

    def solution(self, _history):
        return self.case.resolution, self.chance.choice(CODES)

    def closing(self, _fact: Fact, history: History) -> Closing | None:
        """Most customers confirm within a day, some never answer, whoever has no mail is called."""
        resolved_at = max(fact.at for fact in history.facts if fact.kind is Kind.RESOLVED)
        kind = self._closing_kind()
        at = self._closing_time(kind, resolved_at)
        if at > self._now:
            return None
        if kind == ClosingKind.LAPSED:
            return Closing(kind, at)
        if kind == ClosingKind.PHONE:
            return Closing(kind, at, by=self.second)
        return Closing(kind, at, by=self.contact, rating=self.chance.choice(RATINGS))

    def _closing_kind(self):
        if not self.contact.email:
            return ClosingKind.PHONE
        return ClosingKind.LAPSED if self.chance.random() < 0.06 else ClosingKind.CONFIRMED

    def _closing_time(self, kind, resolved_at):
        if kind == ClosingKind.LAPSED:
            return add_working_days(resolved_at, REMINDERS[-1])
        at = by_day(resolved_at + timedelta(minutes=self.chance.choice((12, 25, 48, 90, 160, 300, 700, 1300))))
        if at > self._now and self.chance.random() < 0.7:
            at = resolved_at + (self._now - resolved_at) * self.chance.uniform(0.2, 0.9)
        return at


def by_day(at):
    """The instant itself, or the next morning when it falls in the night."""
    local = at.astimezone(HOME)
    if EARLY <= local.hour < LATE:
        return at
    morning = local.replace(hour=EARLY, minute=20 + local.minute // 2, second=0)
    return (morning if local.hour < EARLY else morning + timedelta(days=1)).astimezone(at.tzinfo)


def hash_of(name):
    """A small number that is always the same for the same name."""
    return sum(name.encode())
