"""Who will have to decide about a change and why, in words, before it is submitted: by the policy and the people of now."""

import dataclasses
import itertools
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from changes import policy, policy_words, rules
from changes.models import Kind, Risk, Rule, Seat
from changes.policy import CUSTOMER, Facts
from changes.services import scope
from changes.services.approving import RETROSPECT, policy_in_force
from changes.services.deciders import Deciders
from changes.services.models import unusable_because
from itsm.calendars import services as calendars


@dataclasses.dataclass(frozen=True)
class SeatWords:
    """One who is asked: role in words, the Deciders of now, and what stands in the way ("" when nothing does)."""

    label: str
    deciders: list
    trouble: str


@dataclasses.dataclass(frozen=True)
class StageWords:
    """One stage: its rule in words, its seats, and by when it is due if the change were submitted now and nobody were quicker."""

    no: int
    rule: str
    time: str
    due_at: datetime
    seats: list


@dataclasses.dataclass(frozen=True)
class Way:
    """Everything that is asked in one case. `risk`: the risk it is for, where none is known; `why`: what made it so, as sentences."""

    risk: str
    why: list
    stages: list
    after: bool = False


@dataclasses.dataclass(frozen=True)
class Explanation:
    """`ways`: one, or one for each possible risk; `missing`: what has to be done before it can be submitted; `unnamed`: customers."""

    ways: list
    missing: list
    unnamed: list
    standard: bool = False
    trouble: str = ""


@dataclasses.dataclass(frozen=True)
class Draft:
    """A change, saved or not, with what it touches: services and customers are rows."""

    change: object
    services: list
    customers: list


def draft_of(change):
    """A saved change with what it touches."""
    return Draft(change, scope.services_concerned(change), list(change.customers.order_by("name", "id")))


def explain(draft, at):
    """The Explanation of a Draft at this instant; the same number of queries however many seats are asked about."""
    change = draft.change
    if change.kind == Kind.STANDARD:
        return Explanation([], [], [], standard=True, trouble=str(unusable_because(change.model, at) or "") if change.model else "")
    cases = [(change.kind, risk, False) for risk in ([change.risk] if change.risk else Risk.values)]
    if change.kind == Kind.EMERGENCY:
        cases = [*cases[:1], *((Kind.NORMAL, risk, True) for _kind, risk, _after in cases)]
    ways = _Asking(draft, at, cases).ways()
    return Explanation(ways, _missing(draft, ways), _unnamed(draft, at))


def _missing(draft, ways):
    """What step `submit` still needs, and customers that nobody named."""
    found = [str(sentence) for guard, sentence in rules.COMPLETE if not guard(draft.change)]
    nobody = any(seat.label == policy_words.seat(CUSTOMER) for way in ways for stage in way.stages for seat in stage.seats)
    if nobody and draft.change.risk:
        found.append(_("Name the customers concerned: their representatives have to approve this."))
    return found + _too_long(draft.change)


def _too_long(change):
    minutes = sum(row["minutes"] for row in change.plan)
    if not (rules.has_window(change) and timedelta(minutes=minutes) > change.ends_at - change.starts_at):
        return []
    return [_("The plan takes longer than the window is. Choose a longer window, or shorten the plan.")]


def _unnamed(draft, at):
    """Customers who use what it touches and are not named."""
    if not draft.services:
        return []
    named = {customer.pk for customer in draft.customers}
    return [customer for customer in scope.customers_using(draft.services, at) if customer.pk not in named]


class _Asking:
    """The cases of one draft, with their people looked up together."""

    def __init__(self, draft, at, cases):
        self.draft, self.at = draft, at
        self.rows = policy_in_force().rows
        self.cases = [(*case, self._facts(*case[:2])) for case in cases]
        self.asked = [policy.stages(self.rows, facts) for *_case, facts in self.cases]
        self.names = {customer.pk: customer.name for customer in draft.customers}
        self.row_names = policy_words.Names(self.rows)
        self.hours = calendars.office_hours()
        self.deciders = Deciders(draft.change, [_seat(*seat) for asked in self.asked for stage in asked for seat in stage.seats], at)

    def _facts(self, kind, risk):
        services = tuple((service.pk, service.criticality) for service in self.draft.services)
        return Facts(kind, self.draft.change.category, risk, services, tuple(sorted(c.pk for c in self.draft.customers)))

    def ways(self):
        """Every case, those put together that ask the same of the same."""
        found = {}
        for case, asked in zip(self.cases, self.asked, strict=True):
            way = self._way(*case, asked)
            same = found.setdefault((way.after, *way.why, *((stage.rule, stage.time) for stage in way.stages)), [])
            same.append(way)
        return [dataclasses.replace(same[0], risk=policy_words.either_of([way.risk for way in same])) for same in found.values()]

    def _way(self, kind, risk, after, facts, asked):
        label = "" if self.draft.change.risk or kind == Kind.EMERGENCY else str(Risk(risk).label)
        return Way(label, [self._because(row, facts) for row in policy.deciding_rows(self.rows, facts)], self._stages(asked, after), after)

    def _because(self, row, facts):
        """The row's name, and which services or customers made it decide where it is not for all of them."""
        pairs = itertools.product(facts.services or ((None, None),), facts.customers or (None,))
        fitting = [pair for pair in pairs if policy.deciding_row(self.rows, facts, *pair) is row]
        causes = []
        if row.get("services") or row.get("criticalities"):
            ids = {service for (service, _criticality), _customer in fitting}
            causes += [service.label() for service in self.draft.services if service.pk in ids]
        if row.get("customers"):
            causes += [self.names[pk] for pk in sorted({customer for _service, customer in fitting})]
        said = {"row": policy_words.name(row), "condition": policy_words.condition(row, self.row_names), "causes": ", ".join(causes)}
        if causes:
            return _("“%(row)s”, because of %(causes)s (%(condition)s)") % said
        return _("“%(row)s” (%(condition)s)") % said

    def _stages(self, asked, after):
        due, found = self.at, []
        for no, stage in enumerate(asked, start=1):
            minutes = RETROSPECT if after else stage.minutes
            due = self.hours.add(self.at if after else due, timedelta(minutes=minutes))
            seats = [self._seat(role, customer) for role, customer in stage.seats]
            rule = policy_words.who(stage.rule, stage.k, [seat.label for seat in seats])
            if stage.rule == Rule.ALL:
                seats = _one_voice(seats)
            found.append(StageWords(no, rule, policy_words.working_time(minutes), due, seats))
        return found

    def _seat(self, role, customer):
        seat, name = _seat(role, customer), self.names.get(customer)
        label = policy_words.seat(role, name)
        if role == CUSTOMER and customer is None:
            return SeatWords(label, [], "")
        found = self.deciders.of(seat)
        return SeatWords(label, found, _trouble(label, name, found, self.deciders.is_held(seat)))


def _one_voice(seats):
    """Nobody speaks twice in a stage: whoever alone holds two of its seats decides one of them, and the next level the other."""
    spoken, found = set(), []
    for seat in seats:
        people = {decider.person.pk for decider in seat.deciders}
        twice = people and people <= spoken and not seat.trouble
        found.append(dataclasses.replace(seat, trouble=_spoken_already(seat)) if twice else seat)
        spoken |= people if len(people) == 1 else set()
    return found


def _spoken_already(seat):
    return _("%(person)s speaks once in a stage: top management decides here.") % {"person": seat.deciders[0].person}


def _seat(role, customer):
    return Seat(role=role, organisation_id=customer)


def _trouble(label, customer, found, held):
    """Why a seat is not decided by its own people, and whom to appoint."""
    said = {"role": label, "customer": customer}
    if customer and not found:
        if held:
            return _("The representatives of %(customer)s are absent or asked for it themselves. Appoint another one.") % said
        return _("%(customer)s has no representative. Appoint one on the page of the customer, otherwise nobody can decide.") % said
    if not found:
        return _("Nobody could decide as %(role)s, nor anybody of top management. Appoint somebody.") % said
    if found[0].next_level and not held:
        return _("Nobody is appointed as %(role)s: top management decides.") % said
    if found[0].next_level:
        return _("Whoever is %(role)s is absent, or asked for this or carries it out: top management decides.") % said
    return ""
