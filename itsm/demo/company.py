"""Makes the demo company real: people, teams, duty, catalogue, customers and what they were promised."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from catalog import services as catalog
from catalog.models import Service
from itsm.calendars import services as calendars
from itsm.demo.cast import CLIENTS, COLLEAGUES, OWN, PASSWORD, ROTA, TEAM_OF, TEAMS, TIER_OF
from itsm.people import services as people
from itsm.people.models import Organisation, Person, Shift
from itsm.people.zones import company_day
from sla import services as sla

HOME = ZoneInfo("Asia/Shanghai")
CATALOGUE = Path(__file__).parent / "catalogue.toml"
BEFORE, AHEAD = timedelta(days=90), timedelta(days=60)
HANDOVER = time(9)


class Company:
    """The rows of the cast by their keys: `people`, `teams`, `services`, `customers`, `contacts` (reporters, by customer)."""

    def __init__(self, now):
        self.founded_at = now - BEFORE
        self.people, self.teams, self.services, self.customers, self.contacts = {}, {}, {}, {}, {}

    def found(self):
        """Set everything up as of the founding; returns itself."""
        _always, self.office = calendars.ensure_defaults(at=self.founded_at)
        self.own = people.add_organisation(by=None, kind=Organisation.Kind.OWN, name=OWN[1], code=OWN[0])
        self._hire()
        for key, (name, name_en, lead) in TEAMS.items():
            self.teams[key] = people.add_team(by=None, name=name, name_en=name_en, lead=self.people[lead])
        self._appoint()
        self._write_catalogue()
        self._plan_duty()
        for client in CLIENTS:
            self._welcome(client)
        return self

    def _plan_duty(self):
        """Somebody of every team on call at every hour, handed over at nine; written in one statement."""
        first = company_day(self.founded_at)
        shifts = []
        for team, rota in ROTA.items():
            for no in range((BEFORE + AHEAD).days):
                starts_at = datetime.combine(first + timedelta(days=no), HANDOVER, HOME)
                person = self.people[rota[(starts_at.toordinal() // 7) % len(rota)]]
                shifts.append(Shift(person=person, team=self.teams[team], starts_at=starts_at, ends_at=starts_at + timedelta(days=1)))
        Shift.objects.bulk_create(shifts)

    def _hire(self):
        secret = make_password(PASSWORD)
        for colleague in COLLEAGUES:
            self.people[colleague.username] = people.add_person(
                by=None, name=colleague.name, username=colleague.username, email=f"{colleague.username}@yunxiu.example",
                organisation=self.own, capacity=colleague.capacity, works_on=self.office, joined_on=company_day(self.founded_at),
            )  # fmt: skip
        Person.objects.filter(username__in=list(self.people)).update(password=secret)
        boss = self.people["gu.ming"]
        Person.objects.filter(username__in=list(self.people)).exclude(pk=boss.pk).update(manager=boss)

    def _appoint(self):
        for colleague in COLLEAGUES:
            for role, _at, team in (role.partition("@") for role in colleague.roles):
                people.appoint(
                    self.people[colleague.username], role, by=None, team=self.teams.get(team),
                    first_on=company_day(self.founded_at), at=self.founded_at,
                )  # fmt: skip

    def _write_catalogue(self):
        for code, told in tomllib.loads(CATALOGUE.read_text(encoding="utf-8")).items():
            facets = {}
            for facet in ("name", "content", "target", "audience", "cost"):
                facets[facet], facets[f"{facet}_en"] = told[facet]
            team = self.teams[TEAM_OF[code]]
            service = Service(code=code, kind=told["kind"], criticality=TIER_OF[code], owner=team.lead, team=team, **facets)
            self.services[code] = catalog.keep_service(service, by=None)

    def _welcome(self, client):
        """A customer with its people, what it bought, and its agreement."""
        customer = people.add_organisation(
            by=None, name=client.name, code=client.code, time_zone=client.zone, account_owner=self.people["shen.ruoning"]
        )
        self.customers[client.key], self.contacts[client.key] = customer, []
        for outsider in client.people:
            self._introduce(client, customer, outsider)
        for code, service in self.services.items():
            if code not in client.lacks:
                catalog.entitle(customer, service, by=None, valid=DateRange(company_day(self.founded_at), None))
        self._agree(client, customer)

    def _introduce(self, client, customer, outsider):
        person = people.add_person(
            by=None, name=outsider.name, username=outsider.username, phone=outsider.phone, organisation=customer,
            email=f"{outsider.username}@{client.code}.example" if outsider.mail else None,
            language=client.language, time_zone=client.zone, joined_on=company_day(self.founded_at),
        )  # fmt: skip
        self.people[outsider.username] = person
        if outsider.represents:
            people.appoint(
                person, "customer_representative", by=None, organisation=customer,
                first_on=company_day(self.founded_at), at=self.founded_at,
            )  # fmt: skip
        else:
            self.contacts[client.key].append(person)

    def _agree(self, client, customer):
        agreement = sla.make_agreement(by=None, customer=customer, name=f"SLA-{client.key}-01", at=self.founded_at)
        draft = agreement.versions.get()
        signer = next(outsider.name for outsider in client.people if outsider.represents)
        draft.approved_note = f"{signer}, {company_day(self.founded_at):%Y-%m-%d}"
        draft.save(update_fields=["approved_note"])
        sla.publish_version(draft, by=None, at=self.founded_at)


def known() -> bool:
    """Whether the demo company lives here already."""
    return Organisation.objects.filter(code=OWN[0], kind=Organisation.Kind.OWN).exists()
