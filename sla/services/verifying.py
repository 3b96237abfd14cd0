"""The proof that clocks tell the truth: every projection equals the fold of its log, and no line was altered (K11)."""

from django.db.models import Max

from sla import clockwork, log
from sla.models import Clock

BATCH = 500


def verify_clocks():
    """The ids of clocks whose columns differ from their log, or whose log's seals are broken; reads all, memory flat."""
    last, found = 0, []
    while clocks := log.attached(Clock.objects.filter(pk__gt=last).prefetch_related("events").order_by("pk")[:BATCH]):
        fired = _fired(clocks)
        found += [clock.pk for clock in clocks if drifted(clock, fired.get(clock.pk))]
        last = clocks[-1].pk
    return found


def drifted(clock, last_fire_generation=None):
    """What is wrong with one clock, as a list of words; empty when all is well."""
    return [*_broken_seals(clock), *_differences(clock, last_fire_generation)]


def _fired(clocks):
    fires = Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).annotate(newest=Max("fires__generation"))
    return dict(fires.values_list("pk", "newest"))


def _broken_seals(clock):
    before, wrong = "", []
    for seq, line in enumerate(clock.events.all(), 1):
        line.clock = clock
        if line.seq != seq or line.prev_hash != before or line.hash != line.seal():
            wrong.append(f"line {line.seq}")
        before = line.hash
    return wrong if before == clock.last_hash else [*wrong, "last_hash"]


def _differences(clock, last_fire_generation):
    """Names of the columns that the log doesn't give; `steps_fired` lives in the fires, whose generation can't be ahead."""
    state = clockwork.fold(log.events_of(clock))
    held = log.state_of(clock)
    names = [name for name in log.FOLDED if name != "steps_fired" and not (name == "breach_us" and held.breach_us is None)]
    wrong = [name for name in names if getattr(state, name) != getattr(held, name)]
    if state.terms != held.terms:
        wrong.append("terms")
    return [*wrong, "generation of fires"] if (last_fire_generation or 0) > state.generation else wrong
