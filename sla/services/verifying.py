"""The proof that clocks tell the truth: every projection equals the fold of its log, and no line was altered (K11)."""

from collections import defaultdict
from dataclasses import replace

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Mod

from itsm.core import clock as time
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Role
from itsm.people.zones import company_day
from sla import clockwork, folding, kinds, log
from sla.clockwork import State
from sla.models import Clock, ClockFire, Verification

BATCH = 500
ROUND = 30
"""Within so many days every closed clock has been looked at once."""
KEPT = 1000


def verify_clocks():
    """The ids of clocks whose columns differ from their log, or whose log's seals are broken; reads all, memory flat."""
    return [drift["clock"] for batch in _examined(Clock.objects.all()) for drift in batch.drifts]


def run_verification(clocks=None, *, at=None):
    """Verify these clocks (default: tonight's), write it down, and tell the service manager of a drift.

    Nothing is repaired. A transaction a batch; returns the Verification.
    """
    at = at or time.now()
    count, drifts = 0, []
    for batch in _examined(tonights(at) if clocks is None else clocks):
        count += batch.count
        drifts += batch.drifts
    with transaction.atomic():
        run = Verification.objects.create(ran_at=at, ended_at=time.now(), clocks=count, drifts=drifts[:KEPT])
        if drifts:
            managers = duty.holders(Role.SERVICE_MANAGER, at) or duty.holders(Role.TOP_MANAGEMENT, at)
            notices.tell_many([notices.Told(who, kinds.DRIFT, run, "drift", {"count": len(drifts)}) for who in managers], at=at)
    return run


def tonights(at):
    """The open clocks, those that differed last time, and of the closed ones the share of each day since the last run."""
    last, today = last_verification(), company_day(at)
    days = min(ROUND, max(1, (today - company_day(last.ran_at)).days)) if last else ROUND
    shares = {(today.toordinal() - back) % ROUND for back in range(days)}
    before = [drift["clock"] for drift in last.drifts] if last else []
    return Clock.objects.alias(share=Mod(F("id"), ROUND)).filter(Q(final_at=None) | Q(share__in=shares) | Q(pk__in=before))


def last_verification():
    """The newest Verification, or None."""
    return Verification.objects.order_by("-pk").first()


def drifted(clock, fired=None):
    """What is wrong with one clock, as a list of words; empty when all is well. `fired`: `{generation: marks}` of its fires."""
    return [*_broken_seals(clock), *_differences(clock, fired or {})]


class _Batch:
    """Some clocks, looked at together."""

    def __init__(self, clocks):
        self.count, self.last = len(clocks), clocks[-1].pk
        suspects = _wrong(clocks)
        self.drifts = [_told(clock, what) for clock, what in _wrong(_again([clock.pk for clock, _what in suspects]))] if suspects else []


def _examined(clocks):
    """A _Batch after the other, each in its own transaction."""
    last = 0
    while True:
        with transaction.atomic():
            held = _loaded(clocks.filter(pk__gt=last).order_by("pk")[:BATCH])
            batch = _Batch(held) if held else None
        if batch is None:
            return
        last = batch.last
        yield batch


def _loaded(clocks):
    return log.attached(clocks.prefetch_related("events"))


def _again(ids):
    """Those that looked wrong once more, locked: somebody may have moved them between the reading of row and log."""
    return _loaded(Clock.objects.filter(pk__in=ids).select_for_update().order_by("pk"))


def _wrong(clocks):
    """`[(clock, what is wrong)]` of those that differ."""
    fired = _fired(clocks)
    return [(clock, what) for clock in clocks if (what := drifted(clock, fired[clock.pk]))]


def _fired(clocks):
    """`{clock id: {generation: its marks}}`; one query."""
    found = defaultdict(lambda: defaultdict(list))
    for clock_id, generation, step in ClockFire.objects.filter(clock__in=clocks).order_by().values_list("clock_id", "generation", "step"):
        found[clock_id][generation].append(int(step))
    return found


def _told(clock, what):
    return {"clock": clock.pk, "record": str(clock.record), "metric": str(clock.metric), "what": what}


def _broken_seals(clock):
    before, wrong = "", []
    for seq, line in enumerate(clock.events.all(), 1):
        line.clock = clock
        if line.seq != seq or line.prev_hash != before or line.hash != line.seal():
            wrong.append(f"line {line.seq}")
        before = line.hash
    return wrong if before == clock.last_hash else [*wrong, "last_hash"]


def _differences(clock, fired):
    """Names of the columns that log and fires don't give."""
    try:
        state = _lived(log.events_of(clock), fired)
    except clockwork.ClockworkError as wrong:
        return [f"impossible log: {wrong}"]
    held = log.state_of(clock)
    names = [name for name in log.FOLDED if not (name == "breach_us" and held.breach_us is None)]
    found = [name for name in names if getattr(state, name) != getattr(held, name)]
    if state.terms != held.terms:
        found.append("terms")
    if not found and _fires_by_itself(clock) and clock.next_fire_at != log.next_fire_at(clock, held):
        found.append("next_fire_at")
    return [*found, "generation of fires"] if max(fired, default=0) > state.generation else found


def _fires_by_itself(clock):
    """What was imported without being agreed never fires."""
    return clock.agreement_version is None or not clock.agreement_version.imported


def _lived(events, fired):
    """The state that a log gives, its fires counted in: a step that fired stays fired."""
    state, lived = State(), []
    for event in events:
        state = folding.corrected(lived, event, state) if event.kind == clockwork.CORRECT else clockwork.apply(state, event)
        lived.append(event)
        state = _counted(state, fired.get(state.generation, ()))
    return state


def _counted(state, marks):
    """The same state with these marks fired."""
    through = [place for mark in marks if state.target_us is not None and (place := state.through(mark))]
    return replace(state, steps_fired=max([state.steps_fired, *through]))
