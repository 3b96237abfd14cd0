"""What a programme covers: every clause and every process, how often planned, how often audited, and what is missing."""

import dataclasses
from collections import defaultdict

from django.db.models import Min

from audits import framework
from audits.models import Audit, AuditArea, Programme
from audits.models.audit import DONE
from audits.weighing import Weight, weights
from changes.models import Change
from incidents.models import Incident
from itsm.people.zones import company_day

FIRST_AUDIT_MONTHS = (3, 6)
"""Requirement 79: the first internal audit comes so many months after the system began to run."""


EVERY_MONTH_HAS = 28
"""Days."""


@dataclasses.dataclass(frozen=True)
class Line:
    """A process or a clause: how often it should be audited in the year, and the audits that look at it."""

    code: str
    label: str
    needed: int
    audits: tuple
    weight: Weight | None = None

    @property
    def planned(self):
        return len(self.audits)

    @property
    def done(self):
        return sum(audit.status in DONE for audit in self.audits)

    @property
    def missing(self):
        """How many audits are still to be planned."""
        return max(0, self.needed - self.planned)

    @property
    def is_gap(self):
        return self.missing > 0


@dataclasses.dataclass(frozen=True)
class Coverage:
    """The processes and the clauses of a year, gaps first and heavy ones before light ones."""

    processes: list
    clauses: list
    is_first_year: bool

    @property
    def gaps(self):
        return [line for line in (*self.processes, *self.clauses) if line.is_gap]

    @property
    def percent(self):
        """The share of what is needed that has been audited."""
        lines = (*self.processes, *self.clauses)
        needed = sum(line.needed for line in lines)
        return 100 * sum(min(line.needed, line.done) for line in lines) / needed if needed else 100


def covered(programme, at):
    """The Coverage of a programme; eight queries however many audits it has."""
    first = not Programme.objects.filter(year__lt=programme.year).exists()
    by_process, by_clause = _audits(programme)
    weighed = weights(at)
    processes = [
        Line(code, told.label(), _needed(weighed[code], first), tuple(by_process[code]), weighed[code])
        for code, told in framework.processes().items()
    ]
    clauses = [Line(number, clause.label(), 1, tuple(by_clause[number])) for number, clause in framework.clauses().items()]
    processes.sort(key=lambda line: (not line.is_gap, -line.weight.points))
    clauses.sort(key=lambda line: not line.is_gap)
    return Coverage(processes, clauses, first)


def _needed(weight, is_first_year):
    return 2 if weight.is_heavy or (weight.is_critical and is_first_year) else 1


def _audits(programme):
    """`({process code: audits}, {clause: audits})` that count; a process covers its clauses."""
    areas = AuditArea.objects.standing().filter(audit__in=Audit.objects.counting().filter(programme=programme))
    by_process, by_clause = defaultdict(list), defaultdict(list)
    for area in areas.select_related("audit", "process").order_by("audit__starts_on", "audit_id", "id"):
        codes = [area.process.code] if area.process_id else _whole(area.clause)
        numbers = framework.processes()[area.process.code].clauses if area.process_id else [area.clause]
        for found, keys in ((by_process, codes), (by_clause, numbers)):
            for key in keys:
                if area.audit not in found[key]:
                    found[key].append(area.audit)
    return by_process, by_clause


def _whole(number):
    """The codes of the processes of which a clause is all there is."""
    return [told.code for told in framework.of_clause(number) if all(clause == number for clause in told.clauses)]


@dataclasses.dataclass(frozen=True)
class FirstAudit:
    """When the first internal audit should be: between two days, and whether one was or is planned then."""

    began_on: object
    earliest: object
    latest: object
    planned: Audit | None
    is_late: bool


def first_audit(at):
    """The FirstAudit of a company whose records have begun and that has not been audited yet; None otherwise. Three queries."""
    if Audit.objects.counting().filter(status__in=DONE).exists():
        return None
    began = [Incident.objects.aggregate(first=Min("contacted_at"))["first"], Change.objects.aggregate(first=Min("raised_at"))["first"]]
    began = min((instant for instant in began if instant), default=None)
    if began is None:
        return None
    began_on = company_day(began)
    earliest, latest = (_months_after(began_on, months) for months in FIRST_AUDIT_MONTHS)
    planned = Audit.objects.counting().order_by("starts_on", "id").first()
    return FirstAudit(began_on, earliest, latest, planned, company_day(at) > latest)


def _months_after(day, months):
    year, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + year, month=month + 1, day=min(day.day, EVERY_MONTH_HAS))
