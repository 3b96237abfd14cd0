"""Judging a clock afterwards: a broken promise excused, a log corrected by two people (D5, D6, D8)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from sla import amending, clockwork, log, rules, signals
from sla.clockwork import BREACHED, ClockworkError, State
from sla.models import Clock, ClockFire, Correction, CorrectionState
from sla.services import timers
from sla.services.correcting import correct, logs_of
from sla.services.promises import STARTED
from sla.services.turn import Turn

EXCUSES = [
    ("wrong_timestamps", _("The times are proven wrong")),
    ("force_majeure", _("Force majeure")),
    ("customer_agreed", _("The customer agreed")),
]
"""Why a broken promise may be counted apart (D8)."""


NONE_WAITS = _("No correction of this clock waits for a second person.")


@dataclass(frozen=True)
class Judged:
    """A clock as it stands, and as it would stand once it is corrected."""

    clock: Clock
    before: State
    after: State


@verb
def excuse(clock, *, by, reason_code, words, at=None):
    """Count a broken promise apart, for a reason and in words; the breach stays recorded. Raises NotAllowed, Refused."""
    turn, clock = _taken(clock, by, at)
    if not rules.may_excuse(by, turn.record.sla_subject().assignee):
        raise NotAllowed(rules.may_excuse.sentence)
    if reason_code not in dict(EXCUSES) or not words.strip():
        raise Refused(_("Choose one of the reasons, and say in words what happened."), code="needs_reason")
    if clock.outcome != BREACHED:
        raise Refused(_("Only a promise that counts as broken can be excused."), code="not_breached")
    turn.move([clock], clockwork.EXCUSE, reason=reason_code, payload={"words": words})
    turn.write()
    return clock


@verb
def propose_correction(clock, *, by, kind, reason, at=None, **details):
    """Say what is wrong in a clock's log; somebody else has to apply it. `details` as amending.amendment(). Raises NotAllowed, Refused."""
    turn, clock = _taken(clock, by, at)
    if not rules.may_propose(by, turn.record.sla_subject().team):
        raise NotAllowed(rules.may_propose.sentence)
    if not reason.strip():
        raise Refused(_("Say how you know that it is wrong."), code="needs_reason")
    if clock.corrections.filter(state=CorrectionState.PENDING).exists():
        raise Refused(_("A correction of this clock waits for its second person already. Let them decide first."), code="correction_waits")
    amend = _amendment(clock, turn.clocks, kind, turn.at, details)
    return Correction.objects.create(clock=clock, kind=kind, amend=amend, reason=reason, proposed_by=by, proposed_at=turn.at)


@verb
def decide_correction(correction, *, by, accepted, remark="", at=None):
    """The second person's word: applied, the log is lived anew and the record follows; or refused. Raises NotAllowed, Refused."""
    turn, clock = _taken(correction.clock, by, at)
    correction = Correction.objects.select_for_update().get(pk=correction.pk)
    if correction.state != CorrectionState.PENDING:
        raise Refused(_("This correction is decided already."), code="decided")
    if correction.proposed_by_id == by.pk:
        raise NotAllowed(_("You proposed this correction yourself. Somebody else has to decide."), code="own_proposal")
    if not rules.may_decide(by, turn.record.sla_subject().team):
        raise NotAllowed(rules.may_decide.sentence)
    correction.state = CorrectionState.APPLIED if accepted else CorrectionState.REFUSED
    correction.decided_by, correction.decided_at, correction.remark = by, turn.at, remark
    correction.save()
    if accepted:
        _apply(turn, clock, correction)
    return correction


def forecast_correction(clock, *, kind, at, **details):
    """What a correction would do to a clock and to those that share its contact: `[Judged]`; nothing is written. Raises Refused."""
    return forecast_amendment(clock, _amendment(clock, _around(clock), kind, at, details), at)


def forecast_amendment(clock, amend, at):
    """The same for an amendment that was checked before."""
    concerned = _concerned(_around(clock), clock, amend)
    logs = logs_of(concerned)
    return [Judged(one, log.state_of(one), _lived(logs[one.pk], amend, at)) for one in concerned]


def _around(clock):
    """Every clock of the same record."""
    return log.attached(Clock.objects.filter(content_type=clock.content_type_id, object_id=clock.object_id).order_by("id"))


def _amendment(clock, clocks, kind, at, details):
    """The amendment that details mean, checked against every log that it concerns."""
    clock = next(found for found in clocks if found.pk == clock.pk)
    amend = amending.amendment(clock, logs_of([clock])[clock.pk], kind=kind, at=at, **details)
    concerned = _concerned(clocks, clock, amend)
    for pk, kept in logs_of(concerned).items():
        amending.amendment(next(one for one in concerned if one.pk == pk), kept, kind=kind, at=at, **details)
        _lived(kept, amend, at)
    return amend


def _apply(turn, clock, correction):
    concerned = _concerned(turn.clocks, clock, correction.amend)
    logs = logs_of(concerned)
    try:
        broken = [one for one in concerned if correct(turn, one, logs[one.pk], correction)]
    except ClockworkError as impossible:
        raise Refused(_("The log has changed since. Refuse this correction and propose another."), code="stale") from impossible
    timers.fire_spent(_untold(broken), turn.at)
    turn.write()
    if clock.metric in STARTED and (contact := _contact(correction.amend)):
        Clock.objects.filter(pk__in=[one.pk for one in concerned]).update(contacted_at=contact)
    signals.clock_moved.send(Clock, clocks=concerned, at=turn.at)


def _untold(clocks):
    """Those whose breach nobody was told of yet: it may have been known, and taken back, before. What was imported tells nobody."""
    fires = ClockFire.objects.filter(clock__in=clocks, step=str(clockwork.BREACH_STEP))
    told = set(fires.values_list("clock_id", flat=True)) if clocks else set()
    return [clock for clock in clocks if clock.pk not in told and not clock.agreement_version.imported]


def _contact(amend):
    """When the contact came according to an amendment that moves it, or None."""
    return next((at for line, at in log.amendment_of({"amend": amend}).moved if line == amending.FIRST_LINE), None)


def _concerned(clocks, clock, amend):
    """The clock itself; with another time of contact every clock that began with it."""
    if clock.metric in STARTED and _contact(amend):
        return [one for one in clocks if one.metric in STARTED]
    return [one for one in clocks if one.pk == clock.pk]


def _lived(kept, amend, at):
    """The state after an amendment. Raises Refused where the log can't be lived so."""
    try:
        return kept.corrected(amend, at)[1]
    except ClockworkError as impossible:
        raise Refused(_("The clock can't have gone like that. Look at its log again."), code="impossible") from impossible


def _taken(clock, by, at):
    """`(turn, clock)` with the record and its clocks locked, in that order."""
    record = type(clock.record)._default_manager.select_for_update(of=("self",)).get(pk=clock.object_id)
    turn = Turn(record, at=at, by=by)
    return turn, next(found for found in turn.clocks if found.pk == clock.pk)
