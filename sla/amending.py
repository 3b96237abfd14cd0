"""What a correction may say about a log: it keeps the order of what happened, and never invents what a clock couldn't do. Pure."""

from datetime import UTC, timedelta
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from itsm.core.errors import Refused
from sla import clockwork, folding
from sla.models import CorrectionKind, Metric

MOVABLE = (clockwork.START, clockwork.PAUSE, clockwork.RESUME, clockwork.STOP, clockwork.REOPEN)
FIRST_LINE = 1
OLDEST = timedelta(days=7)


def amendment(clock, kept, *, kind, at, line=None, to=None, since=None, until=None, waited_for=""):
    """The amendment as the log keeps it, checked against the log of a clock. Raises Refused with what is wrong.

    contact_later: `to`; moved: `line`, `to`; waited: `since`, `until`, `waited_for`; voided: `line`.
    """
    if kind == CorrectionKind.VOIDED:
        return {"voided": [_voided(kept, line)]}
    if kind == CorrectionKind.WAITED:
        _check_wait(clock, kept, since, until, waited_for, at)
        return {"waited": [[_kept(since), _kept(until), waited_for]]}
    line = FIRST_LINE if kind == CorrectionKind.CONTACT_LATER else line
    _check_move(kept, line, to, at, kind)
    return {"moved": [[line, _kept(to)]]}


def _kept(instant):
    return instant.astimezone(UTC).isoformat()


def lines_to_move(kept):
    """The lines whose instant could be corrected, as (line, act)."""
    return [(seq, act) for seq, act in folding.acts_of(kept.events) if act.kind in MOVABLE and isinstance(seq, int)]


def lines_to_void(kept):
    """The changes of the target that could be made not to count."""
    return [(seq, act) for seq, act in folding.acts_of(kept.events) if act.kind == clockwork.RETARGET]


def _voided(kept, line):
    if line not in dict(lines_to_void(kept)):
        raise Refused(_("This line is no change of the target. Choose one."), code="not_a_retarget")
    return line


def _check_move(kept, line, to, at, kind):
    """The instant is known, has passed, and lies between what happened before and after."""
    movable = dict(lines_to_move(kept))
    if line not in movable:
        raise Refused(_("This line has no time that could be corrected. Choose another one."), code="not_movable")
    if to is None:
        raise Refused(_("Enter when it really happened."), code="needs_time")
    noted = movable[line].at
    if line == FIRST_LINE and to < noted - OLDEST:
        raise Refused(_("A contact is moved back by seven days at most. Choose a later time."), code="too_early")
    later = to > noted
    if kind == CorrectionKind.CONTACT_LATER and not later:
        raise Refused(_("This is not later than the contact that is noted."), code="not_later")
    if kind == CorrectionKind.MOVED and line == FIRST_LINE and later:
        raise Refused(_("A contact is moved later only as such. Choose “The contact came later than it says”."), code="contact_later")
    order = [seq for seq, _act in folding.acts_of(kept.events)]
    acts, place = dict(folding.acts_of(kept.events)), order.index(line)
    first = acts[order[place - 1]].at if place else None
    last = acts[order[place + 1]].at if place + 1 < len(order) else at
    if to > at or to > last or (first and to < first):
        raise Refused(_("Something else happened to this clock in between, or the time lies ahead. Choose another one."), code="order")


def _check_wait(clock, kept, since, until, reason, at):
    """A pause lies within one stretch in which the clock ran, and is one that the agreement knows."""
    if clock.metric not in (Metric.RESOLUTION, Metric.NEXT_UPDATE):
        raise Refused(_("Only the resolution and the next update ever wait."), code="never_waits")
    if since is None or until is None or since >= until:
        raise Refused(_("Enter from when until when it waited."), code="needs_times")
    if clock.agreement_version and reason not in clock.agreement_version.pause_reasons:
        raise Refused(_("The agreement doesn't let the clock wait for this reason. Choose another one."), code="pause_reason")
    if not any(begun <= since and until <= ended for begun, ended in _runs(kept, at)):
        raise Refused(_("The clock did not run all that time. Choose a time within one stretch of running."), code="not_running")


def _runs(kept, at):
    """The stretches `[from, until]` in which the clock ran, corrections counted in."""
    acts = [act for _seq, act in folding.acts_of(kept.events)]
    found, state = [], clockwork.State()
    for act, following in pairwise([*acts, None]):
        state, _written = clockwork.forward(state, act)
        if state.state == clockwork.RUNNING:
            found.append((act.at, following.at if following else at))
    return _joined(found)


def _joined(stretches):
    """Stretches that touch are one."""
    joined = []
    for begun, ended in stretches:
        if joined and joined[-1][1] == begun:
            joined[-1] = (joined[-1][0], ended)
        else:
            joined.append((begun, ended))
    return joined
