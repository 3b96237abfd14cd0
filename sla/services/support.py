"""What a team or a supplier promises us about one record: clocks beside ours, one cycle a hand-over; they never move ours (8.3.4)."""

from django.contrib.contenttypes.models import ContentType

from sla import clockwork
from sla.models import Agreement, Clock, Metric
from sla.services.promises import support_promise
from sla.services.turn import Turn


def handed(record, *, at=None, by, priority):
    """The record went to another team: what the former one owed ends, what the new one promises us begins."""
    turn = Turn(record, at=at, by=by)
    turn.move(_owed(turn, supplier=None), clockwork.STOP)
    _begin(turn, priority, team=record.sla_subject().team)
    return turn.write()


def asked(record, supplier, *, at=None, by, priority):
    """A supplier was asked: what their contract promises us begins; without a contract nothing is measured."""
    turn = Turn(record, at=at, by=by)
    _begin(turn, priority, supplier=supplier)
    return turn.write()


def answered(record, supplier, *, at=None, by):
    """The supplier answered: what they owed us ends."""
    turn = Turn(record, at=at, by=by)
    turn.move(_owed(turn, supplier=supplier), clockwork.STOP)
    return turn.write()


def reopen(turn):
    """What the team promised us goes on where solving the record stopped it; a supplier is asked anew."""
    solved = turn.newest(Metric.RESOLUTION)
    if solved is None or solved.state != clockwork.STOPPED:
        return
    stopped = [clock for clock in turn.of(Metric.SUPPORT) if clock.stopped_at == solved.stopped_at]
    if stopped:
        turn.move(_with_party(stopped, supplier=None, team=turn.record.sla_subject().team), clockwork.REOPEN)


def _owed(turn, **party):
    return _with_party(turn.open(Metric.SUPPORT), **party)


def _with_party(clocks, **party):
    """Those whose agreement is with this party; a query only when there are any."""
    if not clocks:
        return []
    named = Agreement.objects.filter(pk__in={clock.agreement_version.agreement_id for clock in clocks}, **party).values_list(
        "pk", flat=True
    )
    named = set(named)
    return [clock for clock in clocks if clock.agreement_version.agreement_id in named]


def _begin(turn, priority, **party):
    """Start the next cycle, if the party promises anything for such a record now."""
    subject = turn.record.sla_subject()
    promised = support_promise(service=subject.service, tier=subject.tier, priority=priority, at=turn.at, **party)
    if promised is None:
        return
    version, seconds, calendar = promised
    last = turn.newest(Metric.SUPPORT)
    turn.begin(
        Clock(
            content_type=ContentType.objects.get_for_model(type(turn.record)), object_id=turn.record.pk, metric=Metric.SUPPORT,
            cycle=last.cycle + 1 if last else 1, customer=subject.customer, service=subject.service, tier=subject.tier,
            priority=priority, contacted_at=turn.at, agreement_version=version, calendar_version=calendar, target_s=seconds,
        )
    )  # fmt: skip
