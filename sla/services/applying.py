"""A version applied to tickets that are open already: never by itself, only as the customer agreed, from now on (D10).

Every clock that runs or waits under an earlier version of the same agreement goes on under this one by *carry*: the time used
stays used, the rest counts against the new target. All are taken in one act, however many: record and clocks in one order.
"""

from dataclasses import dataclass
from datetime import UTC

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from itsm.core import clock as time
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from sla import clockwork, log, signals
from sla.clockwork import BREACH, BREACH_STEP, RETARGET, Event
from sla.models import AgreementVersion, AppliedVersion, Clock
from sla.services import timers
from sla.services.agreements import living, must_keep
from sla.services.promises import every_target_of
from sla.services.retargeting import Change, Forecast
from sla.services.turn import OPEN
from sla.stages import Stage, stages_of

REASON = "version_applied"
LOOKED_AT = 2000
CLAIM = """
    SELECT c.* FROM sla_clock c JOIN {records} r ON r.id = c.object_id
    WHERE c.content_type_id = %s AND c.agreement_version_id = ANY(%s) AND c.state IN ('running', 'paused')
    ORDER BY r.id, c.id FOR NO KEY UPDATE OF r FOR UPDATE OF c
"""


@dataclass(frozen=True)
class Outlook:
    """What applying a version would do: how many open tickets and clocks it concerns, and a Forecast of those looked at.

    Of very many only those due first are looked at; `is_part` says so.
    """

    tickets: int
    clocks: int
    forecasts: list
    is_part: bool = False

    @property
    def breaks(self):
        """Those that it would break at once."""
        return [one for one in self.forecasts if one.breaks]

    @property
    def moves(self):
        """Those whose due time, or what is left while they wait, it would change; broken at once first, then due first."""
        return sorted((one for one in self.forecasts if _moves(one)), key=_urgency)


@verb
def apply_version(version, *, by, agreed, breach_accepted=False, at=None):
    """Let the open tickets of earlier versions go on under the one in force; the AppliedVersion. Raises NotAllowed, Refused.

    `agreed`: how the other side agreed, in words. What breaks a promise at once wants `breach_accepted`. Nobody is told but of
    what broke and of marks that lie behind now and did not before.
    """
    must_keep(by)
    living(version.agreement)
    at = (at or time.now()).astimezone(UTC)
    version = _in_force(version, at)
    if not agreed.strip():
        raise Refused(_("Say how it was agreed that open tickets follow: who, when, in which letter or meeting."), code="needs_agreement")
    clocks = _claimed(_earlier(version))
    if not clocks:
        raise Refused(_("No open ticket counts under an earlier version. There is nothing to apply."), code="nothing_open")
    if late := [clock for clock in clocks if clock.next_fire_at and clock.next_fire_at < at]:
        timers.fire(late, at=at)
    moves = [_Move(change) for change in _changes(clocks, version, at)]
    broken = [move for move in moves if move.breaks]
    if broken and not breach_accepted:
        raise Refused(_breaking(len(broken)), code="breaks_at_once")
    tickets = {(move.clock.content_type_id, move.clock.object_id) for move in moves}
    applied = AppliedVersion.objects.create(
        version=version, agreed=agreed.strip(), applied_by=by, applied_at=at, tickets=len(tickets), clocks=len(moves), broken=len(broken)
    )  # fmt: skip
    _carry_out(moves, applied, at)
    return applied


def outlook(version, *, at=None):
    """The Outlook of applying a version now; nothing is locked or written. Raises Refused when it is not in force."""
    at = at or time.now()
    version = _in_force(version, at)
    concerned = Clock.objects.filter(agreement_version__in=_earlier(version), state__in=OPEN)
    looked = log.attached(concerned.order_by("due_at", "pk").prefetch_related("record")[:LOOKED_AT])
    forecasts = [_forecast(change, at) for change in _changes(looked, version, at)]
    clocks, tickets = concerned.count(), concerned.order_by().values("content_type", "object_id").distinct().count()
    return Outlook(tickets, clocks, forecasts, is_part=clocks > len(looked))


class _Move:
    """One locked clock, as it stood and as it goes on."""

    def __init__(self, change):
        self.change, self.clock = change, change.clock
        self.before = log.state_of(change.clock)
        self.after, self.events = _under(self.before, change.event)

    @property
    def breaks(self):
        """Whether the smaller target breaks it at once."""
        return any(event.cause == clockwork.BY_RETARGET for event in self.events)

    def passed(self):
        """The warnings of the new terms that lie behind already, where their people heard as much before; nobody hears it twice."""
        if self.after.generation == self.before.generation or self.after.breached_at or self.after.target_us is None:
            return []
        heard = [mark for mark, _us in self.before.steps()[: self.before.steps_fired]] if self.before.target_us is not None else []
        behind = [mark for mark, us in self.after.steps() if mark < BREACH_STEP and us <= self.after.elapsed_us]
        return behind if behind and heard and max(behind) <= max(heard) else []


def _carry_out(moves, applied, at):
    """Write everything: the log, the fires, the columns, and what is owed to people; a fixed number of statements."""
    lines, fires = [], []
    for move in moves:
        lines += _lines(move, applied)
        fires += _silent_fires(move, at)
    timers.fire_spent([move.clock for move in moves if move.breaks], at)
    log.insert_fires(fires)
    log.insert(lines)
    clocks = [move.clock for move in moves]
    log.write_back(clocks)
    if broken := [move.clock for move in moves if any(event.kind == BREACH for event in move.events)]:
        signals.breached.send(Clock, clocks=broken, at=at)
    signals.clock_moved.send(Clock, clocks=clocks, at=at)


def _lines(move, applied):
    """Move one clock's columns and write its log; the caller inserts."""
    clock, seq = move.clock, move.clock.seq
    for name, value in move.change.wear.items():
        setattr(clock, name, value)
    log.project(clock, move.after)
    payload = move.change.payload() | {"applied": applied.pk}
    return log.lines(clock, move.events, recorded_at=applied.applied_at, by=applied.applied_by, reason=REASON, payload=payload, seq=seq)


def _silent_fires(move, at):
    """Rows of the marks that were heard before, and the clock past them."""
    if not (marks := move.passed()):
        return []
    move.clock.steps_fired = move.after.through(marks[-1])
    move.clock.next_fire_at = log.next_fire_at(move.clock, log.state_of(move.clock))
    return [(move.clock.pk, move.clock.generation, str(mark), at, at, True) for mark in marks]


def _in_force(version, at):
    """The version as it stands. Raises Refused unless it is the one in force."""
    version = AgreementVersion.objects.select_related("agreement").get(pk=version.pk)
    if stages_of(version.agreement, version.agreement.versions.all(), at)[version] != Stage.IN_FORCE:
        raise Refused(
            _("Only the version in force is applied to open tickets. Wait for its day, or choose that version."), code="not_in_force"
        )
    return version


def _earlier(version):
    """Ids of the agreement's other published versions."""
    others = AgreementVersion.objects.filter(agreement=version.agreement_id, published_at__isnull=False).exclude(pk=version.pk)
    return list(others.order_by("pk").values_list("pk", flat=True))


def _claimed(versions):
    """Every clock that runs or waits under these versions, with its record, locked; whoever is at work is waited for."""
    kinds = ContentType.objects.filter(pk__in=Clock.objects.filter(agreement_version__in=versions, state__in=OPEN).values("content_type"))
    found = []
    for kind in kinds.order_by("pk"):
        sql = CLAIM.format(records=kind.model_class()._meta.db_table)
        found += log.attached(Clock.objects.raw(sql, [kind.pk, versions]))
    return found


def _changes(clocks, version, at):
    """What each clock would be measured against, on the calendars as they stand, like a new ticket.

    What is broken stays under the terms that it broke, where nothing is promised instead.
    """
    version = log.agreement_versions({version.pk})[version.pk]
    promised = {rank: every_target_of(version, *rank) for rank in {(clock.tier, clock.priority) for clock in clocks}}
    changes = [_change(clock, version, promised[clock.tier, clock.priority], at) for clock in clocks]
    return [change for change in changes if change.wear["target_s"] or not change.clock.breached_at]


def _change(clock, version, promised, at):
    seconds, calendar = promised.get(clock.metric, (None, None))
    terms = log.terms(seconds, version, calendar, clock.tier, clock.priority, clock.metric)
    wear = {"target_s": seconds, "calendar_version": calendar, "agreement_version": version}
    return Change(clock, wear, Event(RETARGET, max(at, clock.last_at), terms))


def _under(state, event):
    """The state under other terms, and the log's events; one also where both measure the same, because the log names the version."""
    after, events = clockwork.forward(state, event)
    return (after, events) if events else (clockwork.apply(state, event), [event])


def _forecast(change, at):
    before = log.state_of(change.clock)
    if passed := clockwork.overdue(before, at):
        before = clockwork.apply(before, passed)
    return Forecast(change.clock, before, _under(before, change.event)[0], at)


def _moves(one):
    return one.breaks or (not one.before.breached_at and (one.before.due_at, one.left_s[0]) != (one.after.due_at, one.left_s[1]))


def _urgency(one):
    return (not one.breaks, one.before.due_at is None, one.before.due_at or one.at, one.clock.pk)


def _breaking(count):
    sentence = ngettext(
        "This breaks %(count)s promise at once. Confirm that you know, or leave the open tickets as they are.",
        "This breaks %(count)s promises at once. Confirm that you know, or leave the open tickets as they are.", count,
    )  # fmt: skip
    return sentence % {"count": count}
