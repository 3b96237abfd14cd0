"""How long people wait for approval: from submission to the last decision, and where and for whom it waited (requirement 65)."""

import dataclasses
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q

from changes.measures.outcomes import share
from changes.models import ApprovalRound, Decision, Outcome, RoundKind, Seat, Stage
from changes.models.approval import FINAL
from itsm.calendars import counting
from itsm.calendars import services as calendars
from itsm.people.zones import company_zone

TARGET = timedelta(hours=4)
"""From submission to the last decision: the company came from three days."""
_TARGET_US = TARGET // timedelta(microseconds=1)
_DECIDED = [Outcome.APPROVED, Outcome.REJECTED]

_TIMES = f"""
    {counting.OPEN_HOURS},
    leads AS MATERIALIZED (
        SELECT r.id, r.change_id, c.tier, c.category, r.opened_at, r.closed_at,
            date_trunc('month', r.closed_at AT TIME ZONE %s)::date AS month,
            {counting.elapsed("r.opened_at", "r.closed_at")} AS elapsed, {counting.worked("r.opened_at", "r.closed_at")} AS worked
        FROM ({{rounds}}) r CROSS JOIN LATERAL (
            SELECT CASE c.kind WHEN 'normal' THEN c.risk ELSE c.kind END AS tier, c.category FROM changes_change c
            WHERE c.id = r.change_id OFFSET 0
        ) c
    ),
    waits AS MATERIALIZED (
        SELECT d.id, g.id AS stage_id, d.person_id, seat.role, g.opened_at, d.at AS closed_at,
            CASE WHEN g.escalated_at <= d.at THEN 'escalated' WHEN g.reminded_at <= d.at THEN 'reminded' ELSE 'alone' END AS nudge,
            d.at = g.decided_at AS is_last,
            {counting.elapsed("g.opened_at", "d.at")} AS elapsed, {counting.worked("g.opened_at", "d.at")} AS worked
        FROM leads r JOIN changes_stage g ON g.round_id = r.id
        JOIN changes_decision d ON d.stage_id = g.id AND d.choice IN ('approve', 'reject')
        JOIN changes_seat seat ON seat.id = d.seat_id
    )
"""
_LENGTHS = f"""count(*), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY worked),
    percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY elapsed),
    count(*) FILTER (WHERE worked <= {_TARGET_US}), count(*) FILTER (WHERE elapsed <= {_TARGET_US}), sum(worked)::bigint"""
LATE = {"": "TRUE", "worked": f"worked > {_TARGET_US}", "elapsed": f"elapsed > {_TARGET_US}"}
"""Which approvals are listed: all, or those over the target in working time or by the clock on the wall."""


@dataclasses.dataclass(frozen=True)
class Leads:
    """Approvals decided, from submission to the last decision. Lengths in seconds; percentiles are lengths that really occurred."""

    number: int = 0
    worked_p50: float | None = None
    worked_p90: float | None = None
    elapsed_p50: float | None = None
    elapsed_p90: float | None = None
    worked_in_target: int = 0
    elapsed_in_target: int = 0
    worked_total: float = 0

    @property
    def worked_late(self):
        return self.number - self.worked_in_target

    @property
    def elapsed_late(self):
        return self.number - self.elapsed_in_target

    @property
    def worked_share(self):
        """Percent within the target in working time."""
        return share(self.worked_in_target, self.number)

    @property
    def elapsed_share(self):
        """Percent within the target by the clock on the wall."""
        return share(self.elapsed_in_target, self.number)


@dataclasses.dataclass(frozen=True)
class Waits(Leads):
    """Decisions about seats, from the opening of the stage to the decision. last: how often the stage waited for this one alone."""

    last: int = 0


def approvals(scope):
    """`(Leads of all, {month: Leads}, {group: Leads}, {"role" | "person" | "nudge": {key: Waits}})`; two queries.

    Counted are rounds before a change that were decided in the period, also those that an edit voided afterwards; the working time is
    that of the office calendar as it stands now. Waits are those of the same rounds' seats.
    """
    sql, parameters = times(scope)
    column = {"tier": "tier", "category": "category", "service": "s.service_id"}[scope.by]
    join = "JOIN changes_change_services s ON s.change_id = leads.change_id" if scope.by == "service" else ""
    sql += f"""
        SELECT 'all', NULL::text, {_LENGTHS}, 0 FROM leads
        UNION ALL SELECT 'month', month::text, {_LENGTHS}, 0 FROM leads GROUP BY 2
        UNION ALL SELECT 'by', {column}::text, {_LENGTHS}, 0 FROM leads {join} GROUP BY 2
        UNION ALL SELECT 'role', role, {_LENGTHS}, count(*) FILTER (WHERE is_last) FROM waits GROUP BY 2
        UNION ALL SELECT 'person', person_id::text, {_LENGTHS}, count(*) FILTER (WHERE is_last) FROM waits GROUP BY 2
        UNION ALL SELECT 'nudge', nudge, {_LENGTHS}, count(*) FILTER (WHERE is_last) FROM waits GROUP BY 2
    """
    found = {name: {} for name in ("all", "month", "by", "role", "person", "nudge")}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for section, key, *counted in cursor.fetchall():
            found[section][key] = _lengths(section, *counted)
    months = {date.fromisoformat(key): leads for key, leads in found["month"].items()}
    waits = {name: found[name] for name in ("role", "person", "nudge")}
    return found["all"][None], {month: months.get(month, Leads()) for month in scope.period.months}, found["by"], waits


def _lengths(section, number, worked, elapsed, in_worked, in_elapsed, total, last):
    lengths = [us / 1_000_000 for pair in (worked, elapsed) for us in pair or ()] or [None] * 4
    plain = (number, *lengths, in_worked, in_elapsed, (total or 0) / 1_000_000)
    return Waits(*plain, last) if section in ("role", "person", "nudge") else Leads(*plain)


def times(scope):
    """`(SQL, parameters)` of a WITH that ends in `leads` (rounds decided) and `waits` (their seats decided); one query."""
    undecided = Stage.objects.filter(round=OuterRef("pk")).exclude(outcome__in=_DECIDED)
    decided = Q(outcome__in=_DECIDED) | (Q(outcome=Outcome.VOIDED) & ~Exists(undecided))
    rows = ApprovalRound.objects.filter(decided, scope.of("change__"), scope.within("closed_at"), kind=RoundKind.BEFORE)
    rounds, of_rounds = rows.order_by().values("id", "change_id", "opened_at", "closed_at").query.sql_with_params()
    hours = counting.parameters(calendars.office_hours(), scope.period.since, scope.period.until)
    return f"WITH {_TIMES.format(rounds=rounds)}", [*hours, company_zone(), *of_rounds]


NUDGES = ("alone", "reminded", "escalated")


def listed_leads(scope, *, late="", first=0, most=None):
    """`[(round id, worked, elapsed in seconds)]` of the approvals counted, the last to be decided first; two queries."""
    return _listed(scope, f"leads WHERE {LATE[late]}", [], first, most)


def listed_waits(scope, *, role="", person=None, nudge="", first=0, most=None):
    """`[(decision id, worked, elapsed in seconds)]` of the waits counted, likewise."""
    wanted = {"role": role, "person_id": person, "nudge": nudge}
    chosen = {name: value for name, value in wanted.items() if value}
    where = " AND ".join(["TRUE", *(f"{name} = %s" for name in chosen)])
    return _listed(scope, f"waits WHERE {where}", list(chosen.values()), first, most)


def _listed(scope, source, values, first, most):
    sql, parameters = times(scope)
    sql += f" SELECT id, worked / 1000000.0, elapsed / 1000000.0 FROM {source} ORDER BY closed_at DESC, id DESC LIMIT %s OFFSET %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *values, most, first])
        return [(pk, float(worked), float(elapsed)) for pk, worked, elapsed in cursor.fetchall()]


def open_seats(scope):
    """Seats of the scope that somebody is asked to decide now."""
    found = Seat.objects.filter(
        scope.of("stage__round__change__"), stage__round__outcome=Outcome.PENDING, stage__outcome=Outcome.PENDING,
        stage__opened_at__isnull=False,
    )  # fmt: skip
    return found.filter(~Exists(Decision.objects.filter(seat=OuterRef("pk"), choice__in=FINAL)))


def waiting_now(scope):
    """`[(role, seats open now, the oldest since when, how many past their deadline)]`, the longest wait first; one query."""
    late = Count("pk", filter=Q(stage__escalated_at__isnull=False))
    found = open_seats(scope).order_by().values("role").annotate(number=Count("pk"), since=Min("stage__opened_at"), late=late)
    return [(line["role"], line["number"], line["since"], line["late"]) for line in found.order_by("since")]
