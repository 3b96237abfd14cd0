"""The sweep: fire every step whose time has come, many clocks in a few statements; each step once for good (§3.3)."""

import dataclasses
from datetime import timedelta

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from itsm.core import clock as time
from itsm.core import sweep as core_sweep
from itsm.core import wording
from itsm.notices import services as notices
from sla import clockwork, kinds, log, signals
from sla.models import Clock
from sla.services.recipients import Recipients

BATCH = 200
TOO_LATE = timedelta(seconds=10)
ACKNOWLEDGED_FROM = 75
"""From this mark on a P1's escalation waits for somebody to say that it was seen."""
ACKNOWLEDGED_WITHIN = timedelta(minutes=5)


@dataclasses.dataclass(frozen=True)
class Fired:
    """One step of one clock that speaks: the highest of those that passed since the last look, for the people of all of them.

    `early`: it came before its time, because nobody acknowledged the one before; `used_us` is the service time used by now.
    """

    clock: Clock
    percent: int
    marks: tuple
    early: bool
    used_us: int


def due_clocks(at, batch=BATCH):
    """Clocks with a step before `at`, locked; those that another sweep or an agent holds are left to them."""
    return log.attached(Clock.objects.due(at).select_for_update(skip_locked=True)[:batch])


def sweep(at=None, batch=BATCH):
    """Fire all that is due, so many clocks a transaction; how many were moved. Safe to run twice, late, or side by side."""
    until = at or time.now()
    return core_sweep.sweep(lambda most: due_clocks(until, most), lambda clocks: fire(clocks, at=at), batch=batch)


def fire(clocks, *, at=None, recorded_at=None):
    """Record breaches and fires of these locked clocks and write down who is to be told; a fixed number of statements."""
    at = at or time.now()
    fires, written, speaking = [], [], []
    for clock in clocks:
        state = log.state_of(clock)
        steps = state.steps_with(at, clock.ack_due_at)
        if passed := clockwork.overdue(state, at):
            written += log.lines(clock, [passed], recorded_at=recorded_at or at, seq=clock.seq)
            state = clockwork.apply(state, passed)
        fires += _fires(clock, steps, at)
        speaking += _taken(clock, state, steps, at)
    log.insert_fires(fires)
    log.insert(written)
    log.write_back(clocks, log.FIRED)
    _tell(speaking, at)
    if broken := [line.clock for line in written]:
        signals.breached.send(Clock, clocks=broken, at=at)


def fire_spent(clocks, at):
    """A smaller target used these locked clocks up at once: all their steps fire, and the breach speaks for them.

    The caller writes the clocks.
    """
    fires, speaking = [], []
    for clock in clocks:
        state = log.state_of(clock)
        steps = [(percent, at) for percent, _us in state.steps() if percent <= clockwork.BREACH_STEP]
        fires += _fires(clock, steps, at)
        speaking += _taken(clock, state, steps, at)
    log.insert_fires(fires)
    _tell(speaking, at)


def _taken(clock, state, steps, at):
    """Move a clock past its steps (the caller writes it), let the last one wait for an acknowledgement, and say what is to be told."""
    if not steps:
        log.project(clock, state)
        return []
    mark, _when = steps[-1]
    used_us = state.elapsed_at(at)
    clock.ack_due_at = at + ACKNOWLEDGED_WITHIN if clock.priority == 1 and mark >= ACKNOWLEDGED_FROM else None
    log.project(clock, dataclasses.replace(state, steps_fired=state.through(mark)))
    return [Fired(clock, mark, state.heard_at(*(step for step, _when in steps)), used_us < dict(state.steps())[mark], used_us)]


def _fires(clock, steps, at):
    """Rows for the steps; all but the last passed unnoticed and are told with it."""
    last = len(steps)
    return [(clock.pk, clock.generation, str(percent), when, at, index < last) for index, (percent, when) in enumerate(steps, 1)]


def _tell(speaking, at):
    """One notice a person and step, to whom it concerns at this moment (D9)."""
    if not speaking:
        return
    recipients = Recipients([fired.clock for fired in speaking], at)
    told = []
    for fired in speaking:
        people = recipients.of(fired.clock, fired.marks)
        kind, about, (key, params) = _kind(fired), _about(fired.clock), _said(fired)
        told += [notices.Told(person, kind, about, key, params) for person in people]
    notices.tell_many(told, at=at)


def _about(clock):
    return notices.Pointer(clock.content_type_id, clock.object_id)


def _kind(fired):
    if fired.percent < clockwork.BREACH_STEP:
        return kinds.WARNING
    return kinds.BREACH if fired.percent == clockwork.BREACH_STEP else kinds.ESCALATION


def _said(fired):
    """The key that makes a notice unique, and what it is worded from."""
    clock = fired.clock
    params = {
        "clock": clock.pk,
        "metric": clock.metric,
        "percent": _share(fired) if fired.early else fired.percent,
        "due_at": clock.due_at or clock.breached_at,
        "target_s": clock.target_s,
        "priority": clock.priority,
        "early": fired.early,
        "waits": clock.ack_due_at is not None,
        "over_s": max(0, fired.used_us - clock.allowed_us) // log.MICROS,
    }
    return step_key(clock, fired.percent), params


def _share(fired):
    """How much was used when a step came early, in percent as its marks count."""
    clock = fired.clock
    return (fired.used_us - clock.base_us) * 100 // max(1, clock.allowed_us - clock.base_us)


def step_key(clock, step):
    """The key of the notices of one step of a clock's generation."""
    return f"{clock.pk}:{clock.generation}:{step}"


def next_fire_at(after=None):
    """When the next step is due (after an instant, where one is given), or None."""
    armed = Clock.objects.filter(next_fire_at__gt=after) if after else Clock.objects.filter(next_fire_at__isnull=False)
    return armed.aggregate(first=Min("next_fire_at"))["first"]


def sweep_health(at=None):
    """None when no step is more than ten seconds overdue, otherwise a sentence with how many and how late."""
    at = at or time.now()
    late = Clock.objects.due(at - TOO_LATE).order_by().aggregate(count=Count("id"), first=Min("next_fire_at"))
    if not late["count"]:
        return None
    words = {"count": late["count"], "late": wording.duration(at - late["first"])}
    return _("The clocks are behind: %(count)s steps wait, the oldest for %(late)s.") % words
