"""Working time counted by the database itself, for measures over very many rows: the same as `Hours.between`."""

from datetime import timedelta

LONGEST = timedelta(days=400)
"""How long before the time looked at something may have begun and still be counted whole."""

OPEN_HOURS = "open_hours(starts, stops, before) AS MATERIALIZED (SELECT %s::bigint[], %s::bigint[], %s::bigint[])"
"""A WITH that `worked` looks into; its parameters come from `parameters`. Never join it: its arrays are long."""


def parameters(hours, since, until):
    """The parameters of OPEN_HOURS for things that end in [since, until)."""
    return [list(column) for column in hours.positions(since - LONGEST, until)]


def worked(start, end):
    """SQL for the microseconds of working time from one timestamp expression to a later one."""
    return f"({_position(end)} - {_position(start)})"


def elapsed(start, end):
    """SQL for the microseconds from one timestamp expression to a later one."""
    return f"({_micros(end)} - {_micros(start)})"


def _micros(at):
    return f"(extract(epoch FROM {at}) * 1000000)::bigint"


def _position(at):
    starts, stops, before = (f"(SELECT {name} FROM open_hours)" for name in ("starts", "stops", "before"))
    return (
        f"(SELECT CASE WHEN p.i = 0 THEN 0 ELSE ({before})[p.i] + least(m.t, ({stops})[p.i]) - ({starts})[p.i] END"
        f" FROM (SELECT {_micros(at)} AS t) m, LATERAL (SELECT width_bucket(m.t, {starts}) AS i) p)"
    )
