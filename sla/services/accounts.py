"""What is told about clocks: each one's life with the names and words around it. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from itsm.calendars.models import Calendar, Mode
from itsm.core import clock as time
from itsm.core.clockface import Face
from itsm.core.models import StepTaken
from sla import clockwork, explaining, ledger, log
from sla.models import CUSTOMER_FACING, PAUSE_REASONS, Clock, ClockEvent, Correction
from sla.services.faces import face, faces_of, newest_update_only
from sla.story import CalendarFacts, Story

REASONS = dict(PAUSE_REASONS)
INNER_REASONS = {
    "misclassified": _("misclassified"), "situation_better": _("situation better"), "situation_worse": "",
    "wrong_timestamps": _("the times are proven wrong"), "customer_agreed": _("the customer agreed"),
    "reclassified": _("another service"), "version_applied": _("another version of the agreement, as agreed"),
}  # fmt: skip
"""What our own people read of codes; a worse situation is told by its rule."""


@dataclass(frozen=True)
class Account:
    """One clock as it can be read out and recomputed by hand."""

    clock: Clock
    face: Face
    story: Story
    lines: tuple = ()

    @property
    def seen(self):
        """The log's line of the newest acknowledgement of an escalation, or None."""
        return next((line for line in reversed(self.lines) if line.kind == clockwork.ACKNOWLEDGE), None)

    @cached_property
    def rows(self):
        """Every stretch and mark, oldest first."""
        return ledger.rows(self.story.life)

    @property
    def told(self):
        """`[(row, words)]` for a page: alike neighbours as one, the oldest of a long ledger together, what is left at the end."""
        shown = [*ledger.readable(self.rows), *filter(None, [self.next])]
        return [(row, explaining.row_words(self.story, row)) for row in shown]

    @property
    def next(self):
        """The row of what is left until it is due, or None."""
        return ledger.remaining(self.story.life)

    @property
    def used(self):
        """Service time used, a timedelta."""
        return self.story.life.counted()

    @property
    def strip(self):
        """The counted stretches in percent of what is allowed."""
        return ledger.shares(ledger.readable(self.rows), self.story.allowed_us)

    @property
    def pauses(self):
        """How many pauses, and how long on the wall."""
        return ledger.pauses(self.story.life)

    @property
    def why_due(self):
        return explaining.why_due(self.story)

    @property
    def why_breached(self):
        return explaining.why_breached(self.story)

    @property
    def days_touched(self):
        """The calendar's holidays and days with other hours between the contact and now or the due time, in words."""
        life, calendar = self.story.life, self.story.calendar
        if calendar is None or not calendar.weekly:
            return []
        zone, end = ZoneInfo(calendar.zone), max(life.until, life.state.due_at or life.until)
        return calendar.touched(life.began_at.astimezone(zone).date(), end.astimezone(zone).date())


def accounts(clocks, at=None, *, outside=False):
    """`{clock id: Account}` of the clocks with a target; for eyes outside the company without names and inner reasons.

    One query for the logs; one more each where the record's steps, corrections or other calendars are needed.
    The clocks have their agreement and calendar loaded.
    """
    at = at or time.now()
    clocks = [clock for clock in clocks if clock.target_s is not None]
    logs = _logs(clocks)
    calendars = _calendars(clocks, logs)
    steps, proposers = _steps(clocks), {} if outside else _proposers(logs)
    return {
        clock.pk: Account(
            clock, face(clock, at), _story(clock, logs[clock.pk], at, calendars, steps, proposers, outside),
            tuple(line for line, _event in logs[clock.pk]),
        )
        for clock in clocks
        if clock.pk in logs
    }  # fmt: skip


def customer_accounts(record, at=None):
    """The Accounts that a record's customer may read, response first: of the newest cycle, by nobody's name."""
    at = at or time.now()
    named = Clock.objects.about(record).filter(metric__in=CUSTOMER_FACING)
    named = named.select_related("agreement_version__agreement", "calendar_version__calendar")
    newest = [clock for clock, _face in faces_of(newest_update_only(named), at)]
    found = accounts(newest, at, outside=True)
    return [found[clock.pk] for clock in newest if clock.pk in found]


def _logs(clocks):
    """`{clock id: [(line, event)]}`; one query however many clocks."""
    if not clocks:
        return {}
    lines = list(ClockEvent.objects.filter(clock__in=clocks).select_related("actor").order_by("clock_id", "seq"))
    agreements = log.agreement_versions({line.payload.get("agreement_version") for line in lines} - {None})
    calendars = log.calendar_versions({line.payload.get("calendar_version") for line in lines} - {None})
    metrics, found = {clock.pk: clock.metric for clock in clocks}, {}
    for line in lines:
        found.setdefault(line.clock_id, []).append((line, log.event_of(line, metrics[line.clock_id], agreements, calendars)))
    return found


def _calendars(clocks, logs):
    """`{calendar version id: CalendarFacts}` of every version that the logs name."""
    versions = log.calendar_versions({line.payload.get("calendar_version") for lines in logs.values() for line, _e in lines} - {None})
    names = {clock.calendar_version.calendar_id: clock.calendar_version.calendar for clock in clocks if clock.calendar_version}
    if missing := {version.calendar_id for version in versions.values()} - names.keys():
        names |= Calendar.objects.in_bulk(missing)
    return {pk: _facts(version, names[version.calendar_id]) for pk, version in versions.items()}


def _facts(version, calendar):
    weekly = () if version.mode == Mode.ALWAYS else tuple(map(tuple, version.weekly))
    days = tuple((date.fromisoformat(day), tuple(map(tuple, parts))) for day, parts in sorted(version.exceptions.items()))
    return CalendarFacts(str(calendar), version.no, version.tz, weekly, days, version.covered_through)


def _steps(clocks):
    """`{(content type, record id): [(at, step, status it led to)]}` of the records with a breach; one query, or none."""
    broken = [clock for clock in clocks if clock.breached_at]
    if not broken:
        return {}
    found = {}
    taken = StepTaken.objects.filter(content_type__in={c.content_type_id for c in broken}, object_id__in={c.object_id for c in broken})
    for kind, pk, *step in taken.order_by("seq").values_list("content_type_id", "object_id", "effective_at", "step", "target"):
        found.setdefault((kind, pk), []).append(tuple(step))
    return found


def _proposers(logs):
    """`{(clock id, line): (who proposed it, why)}` of the corrections in the logs; one query where there is one."""
    named = {
        line.payload.get("correction"): (pk, line.seq)
        for pk, lines in logs.items()
        for line, event in lines
        if event.kind == clockwork.CORRECT
    }
    if not named:
        return {}
    found = Correction.objects.filter(pk__in=named.keys() - {None}).select_related("proposed_by")
    return {named[correction.pk]: (correction.proposed_by.name, correction.reason) for correction in found}


def _story(clock, lines, at, calendars, steps, proposers, outside):
    """The Story of one clock."""
    life = ledger.live([event for _line, event in lines], at)
    proposed = {line.seq: proposers[clock.pk, line.seq] for line, _event in lines if (clock.pk, line.seq) in proposers}
    taken = steps.get((clock.content_type_id, clock.object_id), []) if clock.breached_at else []
    return Story(
        clock.metric, life, at,
        calendars={line.seq: calendars[pk] for line, _event in lines if (pk := line.payload.get("calendar_version")) in calendars},
        reasons=_waits(lines, life) | {line.seq: words for line, _event in lines if (words := _reason(line, outside))}
        | {seq: reason for seq, (_who, reason) in proposed.items()},
        people={} if outside else {line.seq: line.actor.name for line, _event in lines if line.actor},
        proposers={seq: who for seq, (who, _reason) in proposed.items()},
        phases=explaining.phases_of(taken, life.began_at, life.until) if taken else (),
        provisional=clock.due_provisional,
    )  # fmt: skip


def _reason(line, outside):
    """Why a line says it happened; outside the company only the agreement's own reasons for waiting are told."""
    code = line.reason_code
    if outside:
        return str(REASONS.get(code, "")) if line.kind == clockwork.PAUSE else ""
    told = REASONS.get(code, INNER_REASONS.get(code, code))
    return " · ".join(str(words) for words in (told, line.payload.get("words")) if words)


def _waits(lines, life):
    """`{line between the lines: reason}` of the waits that corrections added."""
    told = {
        datetime.fromisoformat(since): str(REASONS.get(reason[0], "")) if reason else ""
        for line, event in lines
        if event.kind == clockwork.CORRECT
        for since, _until, *reason in line.payload.get("amend", {}).get("waited", ())
    }
    added = [(line, event) for line, event in life.acts if line and line != int(line) and event.kind == clockwork.PAUSE]
    return {line: words for line, event in added if (words := told.get(event.at))}
