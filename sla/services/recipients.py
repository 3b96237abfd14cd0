"""Who is told of a step, decided at the moment it fires (D9, requirement 47)."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.db.models import prefetch_related_objects

from itsm.people.models import Person, Role, Team
from itsm.people.rollcall import RollCall
from sla.clockwork import BREACH_STEP
from sla.ladder import ASSIGNEE, DISPATCHER, LEAD, SERVICE_MANAGER, SUPERVISOR, TOP_MANAGEMENT

LEAD_FROM = 90
NEEDED = ("assignee__organisation", "team__lead__organisation", "customer", "service")
UP = {DISPATCHER: SUPERVISOR, ASSIGNEE: LEAD, LEAD: SUPERVISOR, SUPERVISOR: SERVICE_MANAGER, SERVICE_MANAGER: TOP_MANAGEMENT}


class Recipients:
    """The people behind the records of many clocks; queries by kind of record, not by clock, team or person.

    Of a record nothing is read but who has it and which team; what many clocks share is decided once.
    """

    def __init__(self, clocks, at):
        self._holders = _holders_of(clocks)
        assignees, teams = ({pair[place] for pair in self._holders.values()} - {None} for place in (0, 1))
        self._people = Person.objects.select_related("organisation").in_bulk(assignees)
        self._teams = Team.objects.select_related("lead__organisation").in_bulk(teams)
        self._roll = RollCall(at, [*self._people.values(), *(team.lead for team in self._teams.values())])
        self._audiences, self._found = {}, {}

    def of(self, clock, marks):
        """Everybody to tell at these marks, each once; nobody where they concern nobody, or the record is gone."""
        holders = self._holders.get((clock.content_type_id, clock.object_id))
        if holders is None:
            return []
        key = (holders, clock.agreement_version_id, marks, clock.priority, clock.metric)
        if key not in self._found:
            self._found[key] = self._audience(holders).of(clock.agreement_version, marks, clock.priority, clock.metric)
        return self._found[key]

    def _audience(self, holders):
        if holders not in self._audiences:
            assignee, team = holders
            self._audiences[holders] = Audience(self._people.get(assignee), self._teams.get(team), self._roll)
        return self._audiences[holders]


class Audience:
    """The people behind the roles of one record: role → person → deputy while away → next level up where nobody is here."""

    def __init__(self, assignee, team, roll):
        self.team, self.roll = team, roll
        self.assignee = assignee if assignee and assignee.is_active else None

    def of(self, version, marks, priority, metric):
        """Everybody whom a version's ladder tells at these marks, each once."""
        if not version.ladder:
            return self.by_thresholds(marks)
        rungs = [rung for rung in version.rungs if rung.mark in marks and rung.counts_for(priority, metric)]
        roles = [role for rung in rungs for role in rung.who if role != DISPATCHER or self.assignee is None]
        return list(dict.fromkeys(person for role in roles for person in self.reach(role)))

    def reach(self, role):
        """Who is told for a role; when nobody at all is here up to the top, those who are away, so that it is written somewhere."""
        away = []
        while role:
            pairs = self._pairs(role)
            if here := [here for _holder, here in pairs if here]:
                return here[:1] if role == DISPATCHER else here
            away, role = away or [holder for holder, _here in pairs], UP.get(role)
        return away

    def by_thresholds(self, marks):
        """As versions without a ladder have it: the assignee; the lead from 90 %; the supervisor at the breach.

        With nobody assigned, or nobody left, it goes to the supervisor, then to the service manager.
        """
        supervisors = [here or holder for holder, here in self.roll.supervisors(self.team)]
        found = [self.assignee] if self.assignee else supervisors[:1]
        if max(marks) >= LEAD_FROM:
            found += [holder for holder, _here in self.roll.lead(self.team)]
        if max(marks) >= BREACH_STEP:
            found += supervisors
        return list(dict.fromkeys(found)) or [here or holder for holder, here in self.roll.holders(Role.SERVICE_MANAGER)]

    def _pairs(self, role):
        """The holders of a role, each with who is here for them."""
        if role == ASSIGNEE:
            return [(self.assignee, self.roll.standing_in(self.assignee, self.team))] if self.assignee else []
        if role == DISPATCHER:
            return self._desk()
        if role == LEAD:
            return self.roll.lead(self.team)
        return self.roll.supervisors(self.team) if role == SUPERVISOR else self.roll.holders(role)

    def _desk(self):
        """The service desk on shift, the record's own team first; the first of them is the duty dispatcher."""
        own = self.roll.holders(Role.SERVICE_DESK, self.team) if self.team else []
        return [(holder, here) for holder, here in own + self.roll.holders(Role.SERVICE_DESK) if here and self.roll.on_shift(here)]


def records_of(clocks):
    """`{(content type id, id): record}` with what `sla_subject()` tells, and the people that recipients are chosen from."""
    found = {}
    for kind_id, ids in _by_kind(clocks).items():
        record_class = ContentType.objects.get_for_id(kind_id).model_class()
        records = list(record_class._default_manager.only(*record_class.SLA_FIELDS).filter(pk__in=ids))
        prefetch_related_objects(records, *NEEDED)
        found.update({(kind_id, record.pk): record for record in records})
    return found


def _holders_of(clocks):
    """`{(content type id, id): (id of who has the record, team's id)}` of the clocks' records; one query a kind of record."""
    found = {}
    for kind_id, ids in _by_kind(clocks).items():
        record_class = ContentType.objects.get_for_id(kind_id).model_class()
        held = record_class._default_manager.order_by().filter(pk__in=ids).values_list("pk", "assignee", "team")
        found |= {(kind_id, pk): (assignee, team) for pk, assignee, team in held}
    return found


def _by_kind(clocks):
    """`{content type id: ids of the clocks' records}`."""
    wanted = defaultdict(list)
    for clock in clocks:
        wanted[clock.content_type_id].append(clock.object_id)
    return wanted
