"""Audits suggested for the gaps of a programme: few, sensible, and each led by somebody independent."""

import dataclasses
from datetime import timedelta

from audits import framework, independence
from audits.coverage import covered
from itsm.people.models import Appointment, Person, Role
from itsm.people.zones import company_day

ROUNDS = 2
A_DAY = timedelta(days=1)
LEAD_TIME = timedelta(days=14)
LASTS = timedelta(days=2)
LOOKED_AT = timedelta(days=180)


@dataclasses.dataclass(frozen=True)
class Suggested:
    """One audit that would close gaps: what it covers by process code and clause, and its days."""

    no: int
    processes: tuple
    clauses: tuple
    starts_on: object
    ends_on: object
    period_from: object
    period_until: object


def suggested(programme, at):
    """`[Suggested]` for the gaps: what is needed twice goes into both, the rest is shared out by weight; never in the past."""
    coverage = covered(programme, at)
    rounds = _shared([line for line in coverage.processes if line.is_gap])
    for number in _left(coverage.clauses, rounds):
        rounds[0 if len(rounds[0]) <= len(rounds[1]) else 1].append(number)
    days = _days(programme, company_day(at), sum(1 for those in rounds if those))
    return [_made(no, those, day) for no, (those, day) in enumerate(zip(filter(None, rounds), days, strict=True), start=1)]


def _shared(lines):
    """Two lists of process codes: what lacks two audits in both, the others by turns, heavy ones first."""
    rounds, single = ([], []), 0
    for line in lines:
        if line.missing >= ROUNDS:
            for those in rounds:
                those.append(line.code)
        else:
            rounds[single % ROUNDS].append(line.code)
            single += 1
    return rounds


def _left(clauses, rounds):
    """The clauses in which none of the processes lives."""
    told = framework.processes()
    reached = {number for those in rounds for code in those for number in told[code].clauses}
    return [line.code for line in clauses if line.is_gap and line.code not in reached]


def _days(programme, today, many):
    """The first day of each audit: spread over what is left of the year, the first no sooner than in two weeks, on working days."""
    first = max(programme.starts_on, today + LEAD_TIME)
    left = max(0, (programme.ends_on - first).days)
    return [_weekday(min(first + timedelta(days=left * (2 * no + 1) // (2 * many)), programme.ends_on - LASTS)) for no in range(many)]


def _weekday(day):
    """A day on which two working days begin: weekends move to Monday, Friday to Thursday."""
    return day + {4: -1, 5: 2, 6: 1}.get(day.weekday(), 0) * A_DAY


def _made(no, those, day):
    processes = tuple(key for key in those if key in framework.processes())
    clauses = tuple(key for key in those if key not in processes)
    return Suggested(no, processes, clauses, day, day + LASTS - A_DAY, day - LOOKED_AT, day - A_DAY)


def independent(people, codes, first_day, last_day):
    """`{process code: the person with the fewest ties that do not block, or None}`."""
    found = independence.process_ties(people, codes, first_day, last_day)
    chosen = {}
    for code in codes:
        ties = {person: [tie for tie in found.get(person.pk, ()) if tie.about == code] for person in people}
        free = [person for person in people if not independence.is_blocked(ties[person])]
        chosen[code] = min(free, key=lambda person: len(ties[person]), default=None)
    return chosen


def auditors(at):
    """Who audits here: those appointed internal auditors."""
    held = Appointment.objects.current(at).filter(role=Role.INTERNAL_AUDITOR)
    return list(Person.objects.internal().active().filter(pk__in=held.values("person")).select_related("organisation").order_by("id"))
