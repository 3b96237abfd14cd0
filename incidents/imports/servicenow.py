"""Reads a ServiceNow incident audit log, one row per update, as one history per incident. Pure and streaming.

The file is ordered by incident, so only one incident is held at a time. Columns: see `NEEDED`.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from incidents.imports.history import Flaw, History, Rating, Wait
from incidents.imports.telling import State, Teller, Update

MISSING = "?"
NEEDED = [
    *("number", "incident_state", "made_sla", "caller_id", "opened_by", "opened_at", "sys_created_at", "sys_updated_by"),
    *("sys_updated_at", "contact_type", "category", "impact", "urgency", "priority", "assignment_group", "assigned_to"),
    *("reopen_count", "closed_code", "resolved_by"),
]
STATES = {
    "New": (State.NEW, None),
    "Active": (State.ACTIVE, None),
    "Awaiting User Info": (State.WAITING, Wait.CUSTOMER),
    "Awaiting Vendor": (State.WAITING, Wait.SUPPLIER),
    "Awaiting Problem": (State.WAITING, Wait.PROBLEM),
    "Awaiting Evidence": (State.WAITING, Wait.EVIDENCE),
    "Resolved": (State.RESOLVED, None),
    "Closed": (State.CLOSED, None),
}
CHANNELS = {"Phone": "phone", "Email": "mail", "IVR": "phone", "Self service": "portal", "Direct opening": "phone"}
UNRATED = Rating(2, 2, 3)

Row = dict[str, str]
Note = Callable[[Flaw], None]


class NotThisLog(ValueError):
    """The file lacks columns without which nothing can be read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its line number in the file (the heading is line 1)."""

    no: int
    row: Row

    @property
    def ref(self):
        """The source's number of the incident, '' when the row has none."""
        return (self.row.get("number") or "").strip()


def histories(lines: Iterable[str], zone: ZoneInfo, note: Note) -> Iterator[History]:
    """Yield every incident of the log in the file's order; `note` is told about each row that is unusable or corrected.

    `lines` are the text lines with their heading; `zone` is the zone in which the log's local times are read.
    """
    seen: set[str] = set()
    for ref, group in groupby(_lines(lines, note), key=lambda line: line.ref):
        if ref in seen:
            for line in group:
                note(Flaw(line.no, ref, "the rows of this incident do not stand together: these came too late"))
            continue
        seen.add(ref)
        history = _history(ref, list(group), zone, note)
        if history:
            yield history


def _lines(lines, note) -> Iterator[Line]:
    reader = csv.DictReader(lines)
    lacking = [name for name in NEEDED if name not in (reader.fieldnames or [])]
    if lacking:
        raise NotThisLog("This is not a ServiceNow incident log, columns are missing: " + ", ".join(lacking))
    for row in reader:
        line = Line(reader.line_num, row)
        if None in row or None in row.values():
            note(Flaw(line.no, line.ref, "the row has not as many columns as the heading"))
        elif line.ref in ("", MISSING):
            note(Flaw(line.no, "", "the row names no incident"))
        else:
            yield line


def _history(ref, group, zone, note) -> History | None:
    updates = _in_order(_updates(group, zone, note), ref, note)
    if not updates:
        note(Flaw(group[0].no, ref, "no row of this incident can be used: it is left out"))
        return None
    first, last = group[0].row, group[-1].row
    contacted_at = _contacted_at(group[0], updates[0].at, zone, note)
    teller = Teller(ref, note)
    teller.log(updates[0], at=_logged_at(group[0], contacted_at, updates[0].at, zone, note), by=_named("Opened by", first["opened_by"]))
    for update in updates:
        teller.tell(update)
    return History(
        ref=ref,
        contacted_at=contacted_at,
        channel=CHANNELS.get(first["contact_type"], "phone"),
        caller=_named("Caller", first["caller_id"]),
        category=_known(last["category"]),
        closed_code=_known(last["closed_code"]),
        kept_promise={"true": True, "false": False}.get(last["made_sla"].lower()),
        rows=len(group),
        facts=teller.facts(resolver=_named("Resolved by", last["resolved_by"])),
    )


def _updates(group, zone, note) -> list[Update]:
    updates, rating, before = [], None, None
    for line in group:
        at = _instant(line.row["sys_updated_at"], zone, after=before)
        state = STATES.get(line.row["incident_state"])
        if at is None or state is None:
            note(Flaw(line.no, line.ref, _why_unusable(line.row, at)))
            continue
        rating = _rating(line, rating or _first_rating(group), note)
        before = at
        updates.append(_update(line, at, state, rating))
    return updates


def _why_unusable(row, at):
    if at is None:
        return f"its time cannot be read: {row['sys_updated_at']!r}"
    if row["incident_state"] == "-100":
        return "state -100 is a glitch of the source"
    return f"unknown state {row['incident_state']!r}"


def _update(line, at, state, rating) -> Update:
    return Update(
        line=line.no,
        at=at,
        state=state[0],
        wait=state[1],
        by=_named("Updated by", line.row["sys_updated_by"]),
        team=_named("Group", line.row["assignment_group"]),
        assignee=_named("Resolver", line.row["assigned_to"]),
        rating=rating,
        reopened=int(line.row["reopen_count"]) if line.row["reopen_count"].isdigit() else 0,
    )


def _in_order(updates, ref, note) -> list[Update]:
    for earlier, later in pairwise(updates):
        if later.at < earlier.at:
            note(Flaw(later.line, ref, "out of order: it is earlier than the row before it and was put in its place", used=True))
    return sorted(updates, key=lambda update: update.at)


def _contacted_at(line, first_at, zone, note):
    opened_at = _instant(line.row["opened_at"], zone)
    if opened_at is None:
        note(Flaw(line.no, line.ref, "no readable opened_at: the first row's time is taken", used=True))
        return first_at
    if opened_at > first_at:
        note(Flaw(line.no, line.ref, "opened after its first row: the first row's time is taken", used=True))
        return first_at
    return opened_at


def _logged_at(line, contacted_at, first_at, zone, note):
    """When the desk wrote it down: never before the contact, never after the first row."""
    created_at = _instant(line.row["sys_created_at"], zone)
    if created_at is None:
        return first_at
    logged_at = min(max(created_at, contacted_at), first_at)
    if logged_at != created_at:
        note(Flaw(line.no, line.ref, "logged before it was reported or after its first row: moved between the two", used=True))
    return logged_at


def _rating(line, fallback, note) -> Rating:
    impact, urgency, priority = _levels(line.row)
    rating = Rating(impact or fallback.impact, urgency or fallback.urgency, priority or fallback.priority)
    if None in (impact, urgency, priority):
        taken = f"{rating.impact}/{rating.urgency}/P{rating.priority}"
        note(Flaw(line.no, line.ref, f"impact, urgency or priority is missing: taken as {taken}", used=True))
    return rating


def _first_rating(group) -> Rating:
    for line in group:
        levels = _levels(line.row)
        if None not in levels:
            return Rating(*levels)
    return UNRATED


def _levels(row) -> tuple[int | None, ...]:
    """Impact, urgency and priority; '3' and '3 - Low' are both 3."""
    return tuple(
        int(row[name][0]) if "1" <= row[name][:1] <= worst else None
        for name, worst in (("impact", "3"), ("urgency", "3"), ("priority", "4"))
    )


def _known(text) -> str | None:
    text = text.strip()
    return None if text in ("", MISSING) else text


def _named(role, text) -> str | None:
    """The source numbers people anew in each column, so a name says which: 'Caller 2403' and 'Resolver 31' of the log's own wording."""
    known = _known(text)
    return f"{role} {known}" if known and known.isdigit() else known


def _instant(text, zone, after=None) -> datetime | None:
    """Read a local time; in the hour that a clock change repeats, the first pass, or the second when the first would run backwards."""
    try:
        local = _local(text)
    except ValueError:
        return None
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if after and at < after:
        second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        return second if second >= after else at
    return at


@lru_cache(maxsize=4096)
def _local(text) -> datetime:
    day, month, rest = text.strip().split("/")
    year, clock = rest.split(" ")
    return datetime(int(year), int(month), int(day), *map(int, clock.split(":")))  # noqa: DTZ001 (the caller knows the zone)
