"""Makes room here for another desk's people, teams and promises, and answers as the World of its histories."""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import slugify

from catalog.models import Criticality, Entitlement, Kind, Service
from incidents.imports.history import Fact, History
from incidents.imports.replay import Closing, Offer, Replay, rated
from incidents.models import ClosingKind, Incident, ResolutionCode
from itsm.people.models import Organisation, Person, Team
from itsm.people.zones import company_day
from sla import log
from sla.models import AgreementVersion, Clock
from sla.services.promises import targets_of

IMPLIED = "Not stated by the source, but nothing else leads here."
UNCONFIRMED = "Closed by the source; nobody's confirmation is recorded there."
NO_TEAM = "Group not recorded"
SERVICE = {
    "name": "从 ServiceNow 导入", "name_en": "Imported from ServiceNow",
    "content": "导入的历史工单，来源系统未说明服务内容。", "content_en": "Imported history; the source does not describe its services.",
    "target": "默认目标，导入，未经约定。", "target_en": "Default targets, imported, not agreed.",
    "audience": "来源系统的报障人。", "audience_en": "The callers of the source.",
    "cost": "未记录。", "cost_en": "Not recorded.",
}  # fmt: skip


class Settled:
    """Who is who among the imported, kept for the whole run; rows are made once and found again by the next run."""

    def __init__(self, customer: Organisation, service: Service):
        self.customer, self.service = customer, service
        self.source = f"servicenow:{customer.code}"
        published = AgreementVersion.objects.filter(agreement__customer=customer, agreement__service=None, published_at__isnull=False)
        self._versions = list(published.order_by("-effective_from", "-no"))
        self._people: dict[str, Person] = {}
        self._teams: dict[str, Team] = {}
        self._offers: dict[tuple, Offer] = {}

    def meet(self, histories: Iterable[History]):
        """Make every person and team of these histories that is not known yet."""
        named = {name for history in histories for fact in history.facts for name in (fact.by, fact.assignee) if name}
        self._meet_people(named, organisation=Organisation.objects.filter(kind=Organisation.Kind.OWN).first())
        self._meet_people({history.caller for history in histories if history.caller}, organisation=self.customer)
        self._meet_teams({fact.team or NO_TEAM for history in histories for fact in history.facts})

    def _meet_people(self, names, *, organisation):
        new = {self._username(name): name for name in names if name not in self._people}
        known = {person.username: person for person in Person.objects.filter(username__in=new)}
        made = [
            Person(username=username, name=name, organisation=organisation, password=make_password(None))
            for username, name in sorted(new.items())
            if username not in known
        ]
        for person in [*known.values(), *Person.objects.bulk_create(made)]:
            self._people[new[person.username]] = person

    def _username(self, name):
        return f"{self.customer.code}-{slugify(name) or name}"

    def _meet_teams(self, names):
        new = sorted(name for name in names if name not in self._teams)
        known = {team.name: team for team in Team.objects.filter(name__in=new)}
        made = Team.objects.bulk_create([Team(name=name) for name in new if name not in known])
        self._teams.update(known | {team.name: team for team in made})

    def replayed(self, history: History) -> Replay:
        """The history lived again, not yet written."""
        first = history.facts[0]
        team = self.team(first.team)
        incident = Incident(
            source=self.source, source_ref=history.ref, customer=self.customer, contact=self.person(history.caller),
            service=self.service, team=team, title=f"{history.ref}: {history.category or 'no category'}"[:200],
            description=_described(history), channel=history.channel, contacted_at=history.contacted_at,
            logged_at=first.at, logged_by=self.person(first.by), **rated(first.rating),
        )  # fmt: skip
        return Replay(incident, history, self).run()

    def person(self, name):
        return self._people[name] if name else None

    def team(self, name):
        return self._teams[name or NO_TEAM]

    def offer(self, incident, metric) -> Offer:
        version = self._version(incident.contacted_at)
        key = (version, incident.priority, metric)
        if key not in self._offers:
            tier = self.service.criticality
            targets = targets_of(version, tier, incident.priority) if version else {}
            seconds, calendar = targets.get(metric, (None, None))
            clock = Clock(
                metric=metric, target_s=seconds, priority=incident.priority, tier=tier, agreement_version=version, calendar_version=calendar
            )
            self._offers[key] = Offer(log.terms_of(clock), log.terms_payload(clock))
        return self._offers[key]

    def _version(self, contacted_at):
        """The agreement version in force at a contact, or None: then the clocks run without a target."""
        return next((version for version in self._versions if version.effective_from <= contacted_at), None)

    def pauses(self, incident, reason):
        version = self._version(incident.contacted_at)
        return version is None or reason in version.pause_reasons

    def actor(self, fact: Fact, _incident):
        return self.person(fact.by)

    def reason(self, fact: Fact, _history: History):
        return IMPLIED if fact.implied else ""

    def solution(self, history: History):
        code = history.closed_code
        return (f"Closed code {code} of the source." if code else "The source recorded no solution."), ResolutionCode.UNKNOWN

    def closing(self, fact: Fact, _history: History):
        return Closing(ClosingKind.LAPSED, fact.at, by=self.person(fact.by), reason=UNCONFIRMED)


def _described(history):
    """All that the source kept of what was wrong."""
    return f"ServiceNow {history.ref}, category {history.category or 'not recorded'}, reported by {history.caller or 'somebody unknown'}."


def customer_named(text) -> Organisation:
    """The customer of that code or name, made when absent."""
    known = Organisation.objects.customers().filter(code=text).first() or Organisation.objects.customers().filter(name=text).first()
    if known:
        return known
    code = slugify(text)[:20] or f"customer-{Organisation.objects.count() + 1}"
    return Organisation.objects.create(kind=Organisation.Kind.CUSTOMER, name=text, code=code)


def imported_service(customer, owner, since) -> Service:
    """The one service that imported incidents of a customer belong to; the source names none."""
    team, _made = Team.objects.get_or_create(name=NO_TEAM)
    service, _made = Service.objects.get_or_create(
        code=f"servicenow-{customer.code}"[:40].lower(),
        defaults={**SERVICE, "criticality": Criticality.NON_CORE, "kind": Kind.BASE, "owner": owner, "team": team},
    )
    if not Entitlement.objects.filter(customer=customer, service=service).exists():
        Entitlement.objects.create(customer=customer, service=service, valid=DateRange(company_day(since), None))
    return service
