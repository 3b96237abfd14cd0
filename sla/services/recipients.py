"""Who is told of a step, decided at the moment it fires (D9, requirement 47)."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.db.models import prefetch_related_objects

from itsm.people import duty
from itsm.people.models import Role
from sla.clockwork import BREACH_STEP

LEAD_FROM = 90
NEEDED = ("assignee__organisation", "team__lead__organisation", "customer", "service")


class Recipients:
    """The records of many clocks and the people behind them; queries by kind of record and by team, not by clock."""

    def __init__(self, clocks, at):
        self.at = at
        self.records = records_of(clocks)
        self.supervising = {}

    def record(self, clock):
        """The record a clock belongs to, or None."""
        return self.records.get((clock.content_type_id, clock.object_id))

    def of(self, clock, marks):
        """Everybody to tell at these marks, each once: the assignee; the lead from 90 %; the supervisor at the breach.

        With nobody assigned, or nobody reachable, it goes to the supervisor, then to the service manager.
        """
        subject = self.record(clock).sla_subject()
        assignee = subject.assignee if subject.assignee and subject.assignee.is_active else None
        supervisors = self.supervisors(subject.team)
        found = [assignee] if assignee else supervisors[:1]
        if max(marks) >= LEAD_FROM and subject.team and subject.team.lead and subject.team.lead.is_active:
            found.append(subject.team.lead)
        if max(marks) >= BREACH_STEP:
            found += supervisors
        return list(dict.fromkeys(found)) or self.managers()

    def supervisors(self, team):
        """Who answers for a team now; asked once a team."""
        key = team.pk if team else None
        if key not in self.supervising:
            self.supervising[key] = duty.supervisors(team, self.at) if team else []
        return self.supervising[key]

    def managers(self):
        """The service manager or the deputy; the last who can be told."""
        if "manager" not in self.supervising:
            self.supervising["manager"] = duty.holders(Role.SERVICE_MANAGER, self.at)
        return self.supervising["manager"]


def records_of(clocks):
    """`{(content type id, id): record}` with the people that recipients are chosen from."""
    wanted = defaultdict(list)
    for clock in clocks:
        wanted[clock.content_type_id].append(clock.object_id)
    found = {}
    for kind_id, ids in wanted.items():
        records = list(ContentType.objects.get_for_id(kind_id).model_class()._default_manager.filter(pk__in=ids))
        prefetch_related_objects(records, *NEEDED)
        found.update({(kind_id, record.pk): record for record in records})
    return found
