"""Figures: measures computed from the sums of facts, so that any of them takes the same short time however many facts there are.

What a figure counts, `rows` lists: both ask the same Lot of the same facts.
"""

import dataclasses
import json
import math
from collections import defaultdict

from django.db import connection

from changes.measures.definitions import CARRIED_OUT, DECIDED
from incidents.measures import LOGGED, OPEN, OVERDUE
from incidents.models.status import OPEN as OPEN_STATES
from itsm.core import clock
from itsm.core.measures import Measure, Unit, source
from itsm.people.zones import company_day
from reports import spread
from reports.models import ALL_PRIORITIES, ChangeFact, TicketFact
from reports.scope import DIMENSIONS, Scope

OF_CHANGES = (CARRIED_OUT, DECIDED)
"""Kinds of facts about changes; all others are about tickets."""
TICKET_GROUPS = ("", "month", "week", "day", *DIMENSIONS, "priority")
LIVE_GROUPS = ("", *DIMENSIONS, "priority")
CHANGE_GROUPS = ("", "month", "tier", "category", "service")
RECORD_GROUPS = ("", "month")
MEDIAN, NINETIETH = 0.5, 0.9
PARTS = ("all", "counted", "rest")
"""Which facts of a figure are listed: its population, those that a share counts, the others."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """A measure's value in a scope. number: the population; counted: of them, for a share; total, beside: sums of lengths in seconds.

    p50, p90: lengths in seconds, within `spread.ERROR` (exact where they could be read from the facts themselves); None of nothing.
    """

    measure: Measure
    number: int = 0
    counted: int = 0
    total: int = 0
    beside: int = 0
    p50: float | None = None
    p90: float | None = None

    @property
    def rest(self):
        """How many of the population a share does not count."""
        return self.number - self.counted

    @property
    def value(self):
        """Percent, or a mean in seconds or stars; None of nothing."""
        if self.measure.beside is not None:
            whole = self.total + self.beside
            return 100 * self.total / whole if whole else None
        if not self.number:
            return None
        return 100 * self.counted / self.number if self.measure.is_share else self.total / self.number

    @property
    def is_kept(self):
        """Whether the goal is reached; None without a goal or a value."""
        goal, value = self.measure.goal, self.value
        if goal is None or value is None:
            return None
        return value >= goal if self.measure.better.value == "up" else value <= goal


def groups_of(measure):
    """What a measure may be told apart by."""
    if source(measure.kind):
        return RECORD_GROUPS
    return LIVE_GROUPS if measure.is_live else CHANGE_GROUPS if measure.kind in OF_CHANGES else TICKET_GROUPS


def lot_of(measure, part="all"):
    """`[Lot]` that a fact has to belong to, and the Lot it must not belong to or None, for one of PARTS."""
    wanted = [measure.among]
    if part == "counted" and measure.counted is not None:
        return [*wanted, measure.counted], None
    return wanted, measure.counted if part == "rest" else None


def facts(scope: Scope, measure: Measure, part="all"):
    """The queryset of the facts behind a figure, newest first: exactly those that it counts."""
    model, condition = (ChangeFact, scope.changes()) if measure.kind in OF_CHANGES else (TicketFact, scope.tickets())
    wanted, unwanted = lot_of(measure, part)
    rows = model.objects.filter(condition, *(lot.q() for lot in wanted), kind=measure.kind)
    return (rows.exclude(unwanted.q()) if unwanted else rows).newest_first()


def read(scope: Scope, measures, by="", *, percentiles=True):
    """`{group: {measure key: Figure}}`, the whole under ""; `by` one of TICKET_GROUPS (or CHANGE_GROUPS for measures of changes).

    Groups are ids, priorities, or first days as dates. Months of the scope are all there, other groups when something happened in them.
    One statement for the sums and one for percentiles, for tickets and for changes each.
    """
    found = defaultdict(dict)
    if live := [measure for measure in measures if measure.is_live]:
        _fill_live(found, live, scope, by)
    for measure in (measure for measure in measures if source(measure.kind) and by in RECORD_GROUPS):
        _fill_counted(found, measure, counted(scope, measure), by)
    of_facts = [measure for measure in measures if not measure.is_live and not source(measure.kind)]
    for of_changes in (False, True):
        chosen = [measure for measure in of_facts if (measure.kind in OF_CHANGES) == of_changes]
        if chosen:
            _fill(found, chosen, _change_sums(scope, chosen, by) if of_changes else _ticket_sums(scope, chosen, by))
            if percentiles and any(measure.unit == Unit.LENGTH for measure in chosen):
                _fill_percentiles(found, chosen, scope, by, of_changes)
    for group in [*([""] if not by else scope.period.months if by == "month" else []), *found]:
        for measure in measures:
            found[group].setdefault(measure.key, Figure(measure))
    return dict(found)


def counted(scope: Scope, measure: Measure, part="all"):
    """What a measure of records counts in a scope (`measures.Counted`), newest first."""
    wanted, unwanted = lot_of(measure, part)
    found = [
        one for one in source(measure.kind).find(scope.period.since, scope.period.until)
        if all(lot.holds(one.outcome, one.marks) for lot in wanted) and not (unwanted and unwanted.holds(one.outcome, one.marks))
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)


def _fill_counted(found, measure, ones, by):
    """Put what records count into figures, with exact percentiles of lengths."""
    of_group = defaultdict(list)
    for one in ones:
        of_group[company_day(one.at).replace(day=1) if by else ""].append(one)
    for group, held in of_group.items():
        _fill(found, [measure], [(group, measure.kind, one.outcome, one.marks, 1, one.lengths) for one in held])
        if measure.length is not None:
            lengths = sorted(one.lengths[measure.length] for one in held)
            told = [float(lengths[max(0, math.ceil(share * len(lengths)) - 1)]) for share in (MEDIAN, NINETIETH)]
            _place_percentiles(found, [(group, measure.key, *told)])


def together(found):
    """The Figure of several groups of one measure as one, without percentiles."""
    first, *others = found
    sums = [sum(getattr(figure, name) for figure in (first, *others)) for name in ("number", "counted", "total", "beside")]
    return Figure(first.measure, *sums)


def one(scope: Scope, measure: Measure):
    """The Figure of one measure."""
    return read(scope, [measure])[""][measure.key]


def _fill(found, measures, lines):
    """Put sums `(group, kind, outcome, marks, number, [sum of each length])` together as each measure counts them."""
    of_kind = defaultdict(list)
    for measure in measures:
        of_kind[measure.kind].append(measure)
    totals = defaultdict(lambda: [0, 0, 0, 0])
    for group, kind, outcome, marks, number, sums in lines:
        for measure in of_kind[kind]:
            if not measure.among.holds(outcome, marks):
                continue
            total = totals[group, measure.key]
            total[0] += number
            total[1] += number if measure.counted is not None and measure.counted.holds(outcome, marks) else 0
            total[2] += sums[measure.length] if measure.length is not None else 0
            total[3] += sums[measure.beside] if measure.beside is not None else 0
    named = {measure.key: measure for measure in measures}
    for (group, key), total in totals.items():
        found[group][key] = Figure(named[key], *total)


def _fill_live(found, measures, scope, by):
    """What is open now; nothing where it is told apart by time."""
    if by not in LIVE_GROUPS:
        return
    wanted = {**{f"{name}_id": key for name, key in scope.chosen.items()}, **({"priority": scope.priority} if scope.priority else {})}
    group = {"": "NULL", "priority": "priority"}.get(by, f"coalesce({by}_id, -1)")
    sql = f"""
        SELECT {group}, count(*), count(*) FILTER (WHERE next_due_at < %s), sum(extract(epoch FROM %s - contacted_at))::bigint,
            percentile_disc(ARRAY[{MEDIAN}, {NINETIETH}]) WITHIN GROUP (ORDER BY extract(epoch FROM %s - contacted_at)::float8)
        FROM incidents_incident WHERE status = ANY(%s) {"".join(f" AND {name} = %s" for name in wanted)} GROUP BY 1
    """
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(sql, [at, at, at, list(OPEN_STATES), *wanted.values()])
        for key, number, late, age, (p50, p90) in cursor.fetchall():
            lines = [(_group(by, key), OPEN, OVERDUE, 0, late, [0]), (_group(by, key), OPEN, "", 0, number - late, [age])]
            _fill(found, measures, lines)
            _place_percentiles(found, [(_group(by, key), measure.key, p50, p90) for measure in measures if measure.length is not None])


def add_percentiles(found, measures, scope: Scope, by, groups):
    """Put the percentiles of some groups of tickets into what `read` found without them; one statement."""
    _place_percentiles(found, _percentiles(scope, measures, by, False, list(groups)))


def _fill_percentiles(found, measures, scope, by, of_changes):
    _place_percentiles(found, _percentiles(scope, measures, by, of_changes))


def _place_percentiles(found, told):
    for group, key, p50, p90 in told:
        if key in found.get(group, {}):
            found[group][key] = dataclasses.replace(found[group][key], p50=p50, p90=p90)


_SUMMED = ", ".join(f"coalesce(sum(sums[{place}]), 0)::bigint" for place in range(1, 10))


def _is_fine(scope, by):
    """Whether only the rows with all dimensions tell a scope's groups apart; by day, no others are kept but the whole."""
    kept = set(scope.chosen) | ({by} & set(DIMENSIONS))
    return len(kept) > (0 if by in ("day", "week") else 1)


def _cell(scope, by):
    """`(condition, values)` of the sums that count each fact of a scope once and keep `by` apart."""
    fine = _is_fine(scope, by)
    wanted = [f"{name} = %s" for name in scope.chosen]
    wanted += [f"{name} {'<>' if fine or name == by else '='} 0" for name in DIMENSIONS if name not in scope.chosen]
    values = list(scope.chosen.values())
    if scope.priority:
        wanted.append("priority = %s")
        values.append(scope.priority)
    return " AND ".join(wanted), values


def _ticket_sums(scope, measures, by):
    condition, values = _cell(scope, by)
    group = {"": "NULL", "month": "start", "day": "start", "week": "date_trunc('week', start)::date"}.get(by, by)
    grain, last = ("d", scope.period.last_day) if by in ("day", "week") else ("m", scope.last)
    sql = f"""
        SELECT {group}, kind, outcome, marks, sum(number)::bigint, {_SUMMED} FROM reports_tally
        WHERE kind = ANY(%s) AND grain = %s AND start >= %s AND start <= %s AND {condition} GROUP BY 1, 2, 3, 4
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list({measure.kind for measure in measures}), grain, scope.first, last, *values])
        return [(_group(by, key), kind, outcome, marks, number, sums) for key, kind, outcome, marks, number, *sums in cursor.fetchall()]


def _group(by, key):
    return "" if not by else key


def _change_sums(scope, measures, by):
    sql, values = _changes_of(scope, measures, by)
    summed = ", ".join(f"coalesce(sum(lengths[{place}]), 0)::bigint" for place in (1, 2))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT grp, kind, outcome, marks, count(*), {summed} FROM ({sql}) f GROUP BY 1, 2, 3, 4", values)
        return [(_group(by, key), kind, outcome, marks, number, sums) for key, kind, outcome, marks, number, *sums in cursor.fetchall()]


def _changes_of(scope, measures, by):
    rows = ChangeFact.objects.filter(scope.changes(), kind__in={measure.kind for measure in measures}).order_by()
    plain, values = rows.values("kind", "outcome", "marks", "lengths", "month", "tier", "category", "services").query.sql_with_params()
    group = {"": "NULL::text", "service": "s"}.get(by, by)
    join = ", unnest(services) s" if by == "service" else ""
    return f"SELECT {group} AS grp, kind, outcome, marks, lengths FROM ({plain}) c{join}", list(values)


def _percentiles(scope, measures, by, of_changes, groups=None):
    """`(group, measure key, median, 90th percentile)` of the measures of lengths; of some groups at least, where they are named."""
    chosen = [measure for measure in measures if measure.unit == Unit.LENGTH]
    if of_changes or _is_fine(scope, by) or by in ("day", "week", "customer") or scope.customer:
        return _read_percentiles(scope, chosen, by, of_changes)
    return _spread_percentiles(scope, chosen, by, groups)


def _spread_percentiles(scope, measures, by, groups):
    condition, values = _cell(scope, by)
    group = {"": "NULL", "month": "start"}.get(by, by)
    if not scope.priority:
        condition += f" AND priority {'<>' if by == 'priority' else '='} {ALL_PRIORITIES}"
    if groups is not None:
        condition, values = f"{condition} AND {group} = ANY(%s)", [*values, groups]
    places = {(measure.kind, measure.length): measure.key for measure in measures}
    sql = f"""
        SELECT {group}, kind, no, counts FROM reports_spread
        WHERE kind = ANY(%s) AND no = ANY(%s) AND start >= %s AND start <= %s AND {condition}
    """
    counts = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, [[kind for kind, _no in places], [no for _kind, no in places], scope.first, scope.last, *values])
        for key, kind, no, counted in cursor.fetchall():
            if (kind, no) in places:
                counts[_group(by, key), places[kind, no]].append(json.loads(counted))
    for (key, measure), counted in counts.items():
        total = spread.added(counted)
        yield key, measure, spread.percentile(total, MEDIAN), spread.percentile(total, NINETIETH)


def _read_percentiles(scope, measures, by, of_changes):
    """The same from the facts themselves, exact; one statement for all."""
    parts = [_read_percentile(scope, measure, by, of_changes) for measure in measures]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql for sql, _values in parts), [value for _sql, values in parts for value in values])
        for key, measure, p50, p90 in cursor.fetchall():
            yield _group(by, key), measure, float(p50), float(p90)


def _read_percentile(scope, measure, by, of_changes):
    """`(SQL, values)` of one measure's percentiles by group."""
    rows = facts(scope, measure).order_by()
    names = ("tier", "category", "services") if of_changes else ("customer_id", "service_id", "team_id", "priority")
    plain, values = rows.values("month", "day", "lengths", *names).query.sql_with_params()
    group = {"": "NULL", "week": "date_trunc('week', day)::date", "service": "s" if of_changes else "coalesce(service_id, -1)"}
    group |= {name: f"coalesce({name}_id, -1)" for name in ("customer", "team")}
    join = ", unnest(services) s" if of_changes and by == "service" else ""
    length = f"ORDER BY lengths[{measure.length + 1}]"
    sql = f"""
        SELECT grp, key, p[1], p[2] FROM (
            SELECT {group.get(by, by)} AS grp, %s::text AS key, percentile_disc(ARRAY[{MEDIAN}, {NINETIETH}]) WITHIN GROUP ({length}) AS p
            FROM ({plain}) f{join} GROUP BY 1
        ) g
    """
    return sql, [measure.key, *values]


def arrivals(scope: Scope):
    """`{slot: how many incidents were reported in it}`, 0 for Monday 0:00 to 1:00 in the company's zone to 167; one statement."""
    condition, values = _cell(scope, "")
    sql = f"""
        SELECT slot, sum(number)::bigint FROM reports_tally
        WHERE kind = %s AND grain = 'm' AND start >= %s AND start <= %s AND {condition} GROUP BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOGGED, scope.first, scope.last, *values])
        return dict(cursor.fetchall())
