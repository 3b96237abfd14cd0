"""Plays today's stories through the real services, every act at its own instant, in the order of time."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType
from django.utils import translation

from incidents import kinds, services
from incidents.models import Incident
from incidents.purposes import shown_to_confirm
from itsm.core import clock
from itsm.demo.cast import CLIENTS, ROTA, TEAM_OF
from itsm.demo.company import Company
from itsm.demo.wording import Case, Writer
from itsm.links import services as links
from itsm.links.services import Facts
from itsm.notices.models import Delivery, Notice
from sla import services as sla

TEN_DAYS = timedelta(days=10)
PRECISION = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)
PUNCTUALLY = timedelta(milliseconds=200)
MOST_STEPS = 1000


class Stage:
    """Collects acts with their instants; `perform` plays them. `wall` and `office` turn "minutes ago" into instants."""

    def __init__(self, company: Company, now):
        self.company, self.now = company, now
        self._hours = company.office.current().hours()
        self._acts = []
        self._opened = {}

    def wall(self, minutes):
        """So many minutes ago."""
        return self.now - minutes * A_MINUTE

    def office(self, minutes):
        """The last instant from which so many minutes of office time have passed by now."""
        wanted, early, late = minutes * A_MINUTE, self.now - TEN_DAYS, self.now
        while late - early > PRECISION:
            middle = early + (late - early) / 2
            early, late = (middle, late) if self._hours.between(middle, self.now) >= wanted else (early, middle)
        return early

    def story(self, key, client_key, code, at, **details):
        """A new story: an incident logged at that instant."""
        return Story(self, key, client_key, code, at, **details)

    def plan(self, at, act):
        """Have an act played at an instant."""
        self._acts.append((at, len(self._acts), act))

    def opened(self, key) -> Incident:
        """The incident of a story as it stands."""
        return Incident.objects.select_related("assignee", "contact", "team").get(pk=self._opened[key])

    def keep(self, key, incident):
        self._opened[key] = incident.pk

    def perform(self):
        """Play everything, the sweep of the clocks between the acts; returns how many incidents there are."""
        for at, _no, act in sorted(self._acts, key=lambda planned: planned[:2]):
            _ring(at)
            with clock.at(at):
                act(at)
        _ring(self.now)
        return len(self._opened)


@dataclass
class Story:
    """One incident of today. Each method plans one act at an instant; whoever has it acts, unless somebody is named."""

    stage: Stage
    key: str
    client_key: str
    code: str
    at: object
    impact: int = 2
    urgency: int = 2
    contact: str = ""
    text: tuple = ()
    grave: bool = False
    delay: int = 2
    channel: str = "phone"
    by: str = "lin.zhixia"
    reason: str = ""
    priority: int | None = None
    late: str = ""

    def __post_init__(self):
        client = next(client for client in CLIENTS if client.key == self.client_key)
        seen_at = (self.at - (self.delay + 6) * A_MINUTE).astimezone(ZoneInfo(client.zone))
        self.writer = Writer(self.key, customer=self.client_key, service=self.code, seen_at=seen_at)
        self.case = Case(*self.text) if self.text else self.writer.case(self.grave)
        self.stage.plan(self.at, self._log)

    def _log(self, at):
        company = self.stage.company
        contact = company.people[self.contact] if self.contact else company.contacts[self.client_key][0]
        incident = services.log(
            by=company.people[self.by], customer=company.customers[self.client_key], contact=contact, service=company.services[self.code],
            title=self.case.title, description=self.case.description, impact=self.impact, urgency=self.urgency, channel=self.channel,
            contacted_at=at - self.delay * A_MINUTE, contacted_reason=self.late, priority=self.priority, priority_reason=self.reason, at=at,
        )  # fmt: skip
        self.stage.keep(self.key, incident)

    def _owner(self, incident):
        return incident.assignee or self.stage.company.people[ROTA[TEAM_OF[self.code]][0]]

    def _plan(self, at, verb, by=None, **details):
        def act(instant):
            incident = self.stage.opened(self.key)
            who = self.stage.company.people[by] if by else self._owner(incident)
            verb(incident, by=who, at=instant, **details)

        self.stage.plan(at, act)
        return self

    def accept(self, at):
        return self._plan(at, services.accept)

    def reply(self, at, body=""):
        return self._plan(at, services.reply, body=body or self.writer.says("progress"))

    def note(self, at, body=""):
        return self._plan(at, services.note, body=body or self.writer.says("note"))

    def wait(self, at, body=""):
        return self._plan(at, services.wait, reason="waiting_customer_info", body=body or self.writer.says("ask"))

    def answer(self, at, body=""):
        who = self.contact or self.stage.company.contacts[self.client_key][0].username
        return self._plan(at, services.answer, by=who, body=body or self.writer.says("answer"))

    def resolve(self, at):
        return self._plan(at, services.resolve, resolution=self.case.resolution, resolution_code="fixed")

    def hand(self, at, to, reason=""):
        """Hand it to somebody, or to the next of the rota when they have it already."""
        self.stage.plan(at, lambda instant: self._handed(instant, to, reason or self.writer.says("handover")))
        return self

    def _handed(self, at, to, reason):
        incident = self.stage.opened(self.key)
        heirs = [self.stage.company.people[name] for name in (to, *ROTA[TEAM_OF[self.code]])]
        heir = next(person for person in heirs if person != incident.assignee)
        services.reassign(incident, by=self._owner(incident), assignee=heir, reason=reason, at=at)

    def call(self, at):
        return self._plan(at, services.confirm_by_phone, note=self.writer.says("phone_note"))

    def rerate(self, at, impact, urgency):
        details = {"impact": impact, "urgency": urgency, "reason": self.writer.says("rerated"), "breach_accepted": True}
        return self._plan(at, services.reprioritise, **details)

    def decide(self, at, solved, rating=None):
        """The customer follows the link of the mail and says whether it is solved."""
        self.stage.plan(at, lambda instant: self._decided(instant, solved, rating))
        return self

    def _decided(self, at, solved, rating):
        incident = self.stage.opened(self.key)
        _arrived(incident, at)
        link = links.link_for(kinds.CONFIRM_LINK, incident, incident.contact, told_at=at)
        words = self.writer.says("thanks" if solved else "not_solved")
        with translation.override(incident.contact.language):
            facts = Facts(ip="203.0.113.7", language=incident.contact.language, shown_text=shown_to_confirm(link))
        services.confirm(incident, by=incident.contact, link=link, solved=solved, words=words, rating=rating, facts=facts, at=at)


def _ring(until):
    """Fire what the clocks have reached by then, each step at its own time, as the sweep would have."""
    for _step in range(MOST_STEPS):
        first = sla.next_fire_at()
        if first is None or first >= until:
            return
        sla.sweep(min(first + PUNCTUALLY, until))


def _arrived(incident, at):
    """The mails about an incident that were owed have reached the customer by then."""
    kind = ContentType.objects.get_for_model(Incident)
    told = list(Notice.objects.filter(content_type=kind, object_id=incident.pk).values_list("pk", flat=True))
    Delivery.objects.filter(notice__in=told, accepted_at=None, owed_at__lt=at).update(accepted_at=at, tries=1)
