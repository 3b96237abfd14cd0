"""Another priority or another service: time used stays used, the rest counts against other targets (D6)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from itsm.core import clock as time
from sla import clockwork, log
from sla.clockwork import CARRY, RESTART_CAPPED, Event, State
from sla.models import Clock, Metric
from sla.services import timers, undoing
from sla.services.promises import STARTED, every_target_of, version_in_force
from sla.services.turn import OPEN, Turn

MISCLASSIFIED, WORSE, BETTER = "misclassified", "situation_worse", "situation_better"
WHYS = [
    (MISCLASSIFIED, _("It was classified wrongly")),
    (WORSE, _("The situation got worse")),
    (BETTER, _("The situation got better")),
]
"""Why a priority changes; without a reason it is as if classified wrongly."""
RECLASSIFIED = "reclassified"
TIGHT = 4
"""A quarter of what is allowed."""


@dataclass(frozen=True)
class Change:
    """What one open clock would be measured against."""

    clock: Clock
    wear: dict
    event: Event

    def payload(self):
        """What the log keeps of it."""
        told, (tier, priority) = self.wear, self.event.terms.rank
        agreement, calendar = told["agreement_version"], told["calendar_version"]
        return {
            "target_s": told["target_s"], "priority": priority, "tier": tier, "rule": self.event.rule,
            "agreement_version": agreement and agreement.pk, "calendar_version": calendar and calendar.pk,
        }  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """One open clock of ours as it stands, and as it would stand after a change."""

    clock: Clock
    before: State
    after: State
    at: object

    @property
    def label(self):
        """What is promised."""
        return Metric(self.clock.metric).label

    @property
    def breaks(self):
        """Whether the change itself would break the promise."""
        return self.after.breach_cause == clockwork.BY_RETARGET and not self.before.breached_at

    @property
    def is_tight(self):
        """Whether less than a quarter is left, or the promise is broken already."""
        allowed = self.before.allowed_us
        if allowed is None:
            return False
        return bool(self.before.breached_at) or (allowed - self.before.elapsed_at(self.at)) * TIGHT < allowed

    @property
    def left_s(self):
        """`(before, after)`: seconds of service time that are left; None without a target."""
        return tuple(_left_s(state, self.at) for state in (self.before, self.after))


def _left_s(state, at):
    return None if state.allowed_us is None else (state.allowed_us - state.elapsed_at(at)) / log.MICROS


def retarget(record, *, priority, reason, at=None, by):
    """Another priority under the same agreement; `reason` chooses the rule: worse restarts, capped by the old due time, all else carries.

    Where somebody else undoes within minutes what broke a promise at once, the breach is voided by a correction.
    """
    turn = Turn(record, at=at, by=by)
    undoing.void_what_is_undone(turn, priority)
    tier = record.sla_subject().tier
    return _carry_out(turn, _changes(turn.clocks, turn.at, tier, priority, _rule(reason)), reason)


def reclassify(record, *, at=None, by):
    """The record is about another service now: its open promises go on under that service's agreement of the contact time (carry)."""
    turn = Turn(record, at=at, by=by)
    due_at = _carry_out(turn, _of_service(record, turn.clocks, turn.at), RECLASSIFIED)
    open_ids = [clock.pk for clock in turn.open(*STARTED, Metric.NEXT_UPDATE)]
    Clock.objects.filter(pk__in=open_ids).update(service=record.sla_subject().service)
    return due_at


def forecast_priority(record, priority, *, reason="", at=None):
    """What another priority would do to our open promises: Forecasts, response first; nothing is locked or written."""
    at = at or time.now()
    clocks = log.attached(Clock.objects.about(record).order_by("id"))
    return _forecasts(_changes(clocks, at, record.sla_subject().tier, priority, _rule(reason)), at)


def forecast_service(record, service, *, at=None):
    """What another service would do to our open promises: Forecasts; nothing is locked or written. `record` is not changed."""
    at = at or time.now()
    clocks = log.attached(Clock.objects.about(record).order_by("id"))
    return _forecasts(_of_service(record, clocks, at, service), at)


def _rule(reason):
    return RESTART_CAPPED if reason == WORSE else CARRY


def _of_service(record, clocks, at, service=None):
    """The changes to our own promises under the agreement that was in force for a service at the contact."""
    subject = record.sla_subject()
    service = service or subject.service
    version = version_in_force(subject.customer.pk, service.pk, record.contacted_at)
    version = log.agreement_versions({version.pk})[version.pk] if version else None
    ours = [clock for clock in clocks if clock.metric != Metric.SUPPORT]
    priority = next((clock.priority for clock in ours if clock.state in OPEN), 0)
    return _changes(ours, at, service.criticality, priority, CARRY, {"agreement_version": version})


def _changes(clocks, at, tier, priority, rule, under=None):
    """What every open clock would be measured against; `under` names another agreement version for all of them.

    What is broken stays under the terms that it broke, where nothing is promised instead.
    """
    clocks = [clock for clock in clocks if clock.state in OPEN]
    versions = {clock.pk: under["agreement_version"] if under else clock.agreement_version for clock in clocks}
    targets = {v.pk: every_target_of(v, tier, priority) for v in {v.pk: v for v in versions.values() if v}.values()}
    changes = [_change(clock, versions[clock.pk], targets, at, (tier, priority, rule)) for clock in clocks]
    return [change for change in changes if change.wear["target_s"] or not change.clock.breached_at]


def _change(clock, version, targets, at, to):
    tier, priority, rule = to
    seconds, calendar = (targets[version.pk] if version else {}).get(clock.metric, (None, None))
    held = clock.calendar_version
    if held and calendar and held.calendar_id == calendar.calendar_id:
        calendar = held  # the version it was promised with
    terms = log.terms(seconds, version, calendar, tier, priority, clock.metric)
    wear = {"target_s": seconds, "calendar_version": calendar, "agreement_version": version}
    return Change(clock, wear, Event(clockwork.RETARGET, at, terms, rule=rule))


def _carry_out(turn, changes, reason):
    spent = []
    for change in changes:
        written = turn.put(change.clock, change.event, reason=reason, payload=change.payload(), wear=change.wear)
        spent += [line.clock for line in written if line.kind == clockwork.BREACH]
    timers.fire_spent(spent, turn.at)
    return turn.write()


def _forecasts(changes, at):
    """What the changes would do to promises that we made."""
    ours = [change for change in changes if change.clock.metric != Metric.SUPPORT]
    found = []
    for change in sorted(ours, key=lambda change: change.clock.metric != Metric.RESPONSE):
        before = log.state_of(change.clock)
        if passed := clockwork.overdue(before, at):
            before = clockwork.apply(before, passed)
        found.append(Forecast(change.clock, before, clockwork.forward(before, change.event)[0], at))
    return found
