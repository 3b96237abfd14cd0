"""The next update: every message of ours to the customer ends a cycle and opens the next (D4)."""

from sla import clockwork
from sla.models import CUSTOMER_SIDE, Clock, Metric
from sla.services.promises import next_update_of
from sla.services.turn import OPEN, Turn


def spoke(record, *, at=None, by, first=False):
    """A human of ours wrote to the customer: the update owed is given, the next one is owed from now; `first`: it is the response too."""
    turn = Turn(record, at=at, by=by)
    turn.move(turn.open(Metric.NEXT_UPDATE, *([Metric.RESPONSE] if first else [])), clockwork.STOP)
    begin_cycle(turn)
    return turn.write()


def begin_cycle(turn):
    """Open the next cycle under the frozen agreement; none when it promises none, or when the record is solved.

    While the customer owes us something the new cycle waits at once.
    """
    leading = turn.newest(Metric.RESOLUTION)
    if leading is None or leading.state not in OPEN or leading.agreement_version is None:
        return
    promised = next_update_of(leading.agreement_version, leading.tier, leading.priority)
    if promised is None:
        return
    cycle = _cycle(turn, leading, *promised)
    turn.begin(cycle)
    if leading.state == clockwork.PAUSED and leading.pause_reason in CUSTOMER_SIDE:
        cycle.pause_reason = leading.pause_reason
        turn.move([cycle], clockwork.PAUSE, reason=leading.pause_reason)


def _cycle(turn, leading, seconds, calendar):
    """The unsaved clock of the next cycle; on the calendar of the resolution it counts by the same version of it."""
    last, held = turn.newest(Metric.NEXT_UPDATE), leading.calendar_version
    return Clock(
        content_type_id=leading.content_type_id, object_id=leading.object_id, metric=Metric.NEXT_UPDATE,
        cycle=last.cycle + 1 if last else 1, customer_id=leading.customer_id, service_id=leading.service_id,
        tier=leading.tier, priority=leading.priority, contacted_at=leading.contacted_at,
        agreement_version=leading.agreement_version, target_s=seconds,
        calendar_version=held if held and held.calendar_id == calendar.calendar_id else calendar,
    )  # fmt: skip
