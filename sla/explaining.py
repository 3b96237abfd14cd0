"""The clock in sentences: why is it due then, why did it breach, and what every line of the ledger was. Pure and translatable."""

from datetime import timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from itsm.calendars.worktime import MICROSECOND
from sla import clockwork, ledger
from sla.story import day, length

MOST_CHANGES = 3
BEGINNINGS = {
    "next_update": gettext_lazy("Last told %(when)s"),
    "support": gettext_lazy("Handed over %(when)s"),
}
CONTACT = gettext_lazy("Contact %(when)s")
CAUSES = {
    "unlogged": gettext_lazy("%(time)s passed before it was logged"),
    "new": gettext_lazy("%(time)s passed before somebody was assigned"),
    "assigned": gettext_lazy("%(time)s passed before anybody accepted it"),
    "in_progress": gettext_lazy("%(time)s in work"),
    "reopened": gettext_lazy("%(time)s in work after it was reopened"),
    "waiting": gettext_lazy("%(time)s while the customer was asked"),
    "resolved": gettext_lazy("%(time)s between solving and reopening"),
}
OTHERWISE = gettext_lazy("%(time)s in other states")
ENDED = {
    "resolution": gettext_lazy("solved, not counted"),
    "support": gettext_lazy("done, not counted"),
}
ANSWERED = gettext_lazy("answered, not counted")


# -- why is it due then? ------------------------------------------------------------------------


def why_due(story):
    """One sentence: from the contact over target, hours, changes, waits and gaps to the due time. "" when nothing was promised."""
    if story.allowed_us is None:
        return ""
    parts = [
        BEGINNINGS.get(story.metric, CONTACT) % {"when": story.when(story.life.began_at)}, _promised(story), *_changes(story),
        *_waits(story), *_gaps(story), *_corrected(story), _so(story), *_provisos(story),
    ]  # fmt: skip
    return _sentence(parts)


def _sentence(parts):
    return pgettext("between parts of a sentence", "; ").join(parts) + pgettext("end of a sentence", ".")


def _promised(story):
    terms, calendar = story.life.began, story.calendars.get(1)
    if terms.target_us is None:
        return _("nothing promised at first")
    names = {"target": length(terms.target_us)}
    if calendar is None:
        return _("%(target)s of service time") % names
    names |= {"calendar": calendar.name, "week": calendar.week, "zone": calendar.zone}
    if not calendar.weekly:
        return _("%(target)s on “%(calendar)s” (round the clock)") % names
    return _("%(target)s of service time on “%(calendar)s” (%(week)s; %(zone)s)") % names


def _changes(story):
    """The newest changes of target and calendar, oldest first."""
    found = [mark for mark in story.life.marks if mark.kind in (clockwork.RETARGET, clockwork.REBIND)]
    left_out = len(found) - MOST_CHANGES
    told = [ngettext("after %(n)s earlier change", "after %(n)s earlier changes", left_out) % {"n": left_out}] if left_out > 0 else []
    return told + [_change(story, mark) for mark in found[-MOST_CHANGES:]]


def _change(story, mark):
    names = {"when": story.when(mark.at)}
    if mark.kind == clockwork.REBIND:
        return _("from %(when)s on by version %(no)s of the calendar") % (names | {"no": _calendar_no(story, mark)})
    names |= _ranks(mark)
    if mark.after.target_us is None:
        return _("nothing promised from %(when)s on") % names
    names |= {"target": length(mark.after.target_us)}
    if mark.rule == clockwork.RESTART_CAPPED:
        return _("%(before)s → %(after)s on %(when)s: %(target)s from then, but due never later than before") % names
    if names["before"] == names["after"]:
        return _("other terms from %(when)s on: %(target)s in all, time used counts on") % names
    return _("%(before)s → %(after)s on %(when)s: %(target)s in all, time used counts on") % names


def _calendar_no(story, mark):
    calendar = story.calendars.get(mark.line)
    return calendar.no if calendar else "?"


def _ranks(mark):
    """The priorities before and after a change of target."""
    return {name: f"P{terms.rank[1]}" if terms.rank else "P?" for name, terms in (("before", mark.before), ("after", mark.after))}


def _waits(story):
    """How much service time the pauses took, and for what; the one that still lasts is told with what is left."""
    held = [span for span in story.life.spans if span.kind == ledger.HOLD]
    if story.life.state.state == clockwork.PAUSED:
        held = [span for span in held if span.ends_at < story.life.until]
    if not held:
        return []
    taken = sum((span.service_time() for span in held), timedelta(0))
    reasons = _listed(dict.fromkeys(filter(None, (story.reasons.get(span.line) for span in held))))
    names = {"time": length(taken), "reasons": reasons or _("no reason noted")}
    return [_("paused for %(time)s of service time (%(reasons)s)") % names if taken else _("paused outside the service hours only")]


def _listed(words):
    return pgettext("between reasons", ", ").join(map(str, words))


def _gaps(story):
    """What happened to the time between solving and reopening."""
    spans = story.life.spans
    gaps = [span for n, span in enumerate(spans) if span.kind == ledger.SOLVED and n + 1 < len(spans) and spans[n + 1].kind != span.kind]
    if not gaps:
        return []
    names = {"time": length(sum((span.service_time() for span in gaps), timedelta(0)))}
    if gaps[0].counts:
        return [_("%(time)s of service time between solving and reopening count, as agreed") % names]
    return [_("%(time)s of service time between solving and reopening don't count") % names]


def _corrected(story):
    return [_("times corrected %(when)s") % {"when": story.when(m.at)} for m in story.life.marks if m.kind == clockwork.CORRECT][-1:]


def _so(story):
    """What follows from it all."""
    state = story.life.state
    left = timedelta(microseconds=max(0, state.allowed_us - story.life.counted() // MICROSECOND))
    if state.breach_cause == clockwork.BY_RETARGET:
        return _("more was used by then, so due at once, %(when)s") % {"when": story.when(state.breached_at)}
    if state.breached_at or (state.due_at and state.state == clockwork.STOPPED):
        return _("so it was due %(when)s") % {"when": story.when(state.breached_at or state.due_at)}
    if state.due_at:
        return _("so due %(when)s") % {"when": story.when(state.due_at)}
    if state.state == clockwork.PAUSED:
        return _paused_now(story, left)
    if state.state == clockwork.CANCELLED:
        return _("cancelled %(when)s, so nothing is due") % {"when": story.when(state.final_at)}
    return _("%(left)s were left when it was stopped") % {"left": length(left)}


def _paused_now(story, left):
    last = story.life.spans[-1] if story.life.spans else None
    begun = last.starts_at if last and last.kind == ledger.HOLD else story.life.until
    reason = story.reasons.get(last.line) if last else None
    names = {"when": story.when(begun), "left": length(left), "reason": reason or _("no reason noted")}
    return _("paused since %(when)s (%(reason)s), so %(left)s are left from the moment it runs again") % names


def _provisos(story):
    """What the reader has to know besides: not official yet, or told in another zone than the hours."""
    told, calendar = [], story.calendar
    if story.provisional and calendar and calendar.covered_through:
        told.append(_("provisional, because the holidays after %(day)s are not official yet") % {"day": day(calendar.covered_through)})
    here = timezone.get_current_timezone_name()
    if calendar and calendar.weekly and here != calendar.zone:
        told.append(_("instants in %(zone)s") % {"zone": here})
    return told


# -- why did it breach? -------------------------------------------------------------------------


def why_breached(story):
    """One sentence: where the time went, the biggest part first, up to the breach. "" when the promise stands."""
    state = story.life.state
    if not state.breached_at:
        return ""
    said = _raised(story) if state.breach_cause == clockwork.BY_RETARGET else _ran_out(story)
    return said + (" " + _("It is counted apart as excused.") if state.outcome == clockwork.EXCUSED else "")


def _raised(story):
    state = story.life.state
    marks = [m for m in story.life.marks if m.kind == clockwork.RETARGET and m.at == state.breached_at]
    names = {"when": story.when(state.breached_at), "used": length(state.breach_us or 0)}
    names |= {"target": length(marks[-1].after.target_us)} | _ranks(marks[-1])
    if names["before"] == names["after"]:
        return _("Breached %(when)s: other terms applied, and %(used)s were used already of the %(target)s that they allow.") % names
    said = _("Breached %(when)s: the priority went from %(before)s to %(after)s, which allows %(target)s, and %(used)s were used already.")
    return said % names


def _ran_out(story):
    state = story.life.state
    names = {"when": story.when(state.breached_at), "allowed": length(state.allowed_us if state.breach_us is None else state.breach_us)}
    causes = _causes(story)
    names["causes"] = pgettext("between causes", ", ").join(causes) if causes else _("all of it was used")
    count, held = _paused_before(story)
    paused = ngettext("it was paused once, %(time)s not counted", "it was paused %(n)s times, %(time)s not counted", count)
    names["pauses"] = paused % {"n": count, "time": length(held)} if count else _("it was not paused")
    return _("Breached %(when)s: of %(allowed)s allowed, %(causes)s; %(pauses)s.") % names


def _causes(story):
    """Where the counted time went, the biggest part first; the shown lengths add up to what was allowed."""
    spent, end = {}, story.life.state.breached_at
    for since, until, what in story.phases:
        used = story.life.counted(since, min(until, end)) if since < end else timedelta(0)
        spent[what] = spent.get(what, timedelta(0)) + used
    ordered = sorted(((used, what) for what, used in spent.items() if used), reverse=True, key=lambda part: part[0])
    rounded = evened([used for used, _what in ordered])
    return [CAUSES.get(what, OTHERWISE) % {"time": length(used)} for used, (_exact, what) in zip(rounded, ordered, strict=True) if used]


def evened(parts):
    """Lengths rounded to what a reader sees, so that they add up to the whole as it is shown."""
    whole = sum(parts, timedelta(0))
    unit = timedelta(seconds=1) if whole < timedelta(minutes=5) else timedelta(minutes=1)
    before, marks = timedelta(0), [timedelta(0)]
    for part in parts:
        before += part
        marks.append(before // unit * unit)
    return [after - earlier for earlier, after in pairwise(marks)]


def _paused_before(story):
    end = story.life.state.breached_at
    held = [span for span in story.life.spans if span.kind == ledger.HOLD and span.starts_at < end]
    return len({span.line for span in held}), sum((min(span.ends_at, end) - span.starts_at for span in held), timedelta(0))


def phases_of(steps, began_at, until):
    """`((since, until, what), …)` of a record from its steps (at, name, status it led to), from the contact on, without gaps."""
    found, since, what, reopened = [], began_at, "unlogged", False
    for at, name, status in steps:
        if at > since:
            found.append((since, at, what))
        since, reopened = max(at, since), reopened or name == "reopen"
        what = "reopened" if reopened and status == "in_progress" else status
    return (*found, (since, max(until, since), what))


# -- the ledger's lines -------------------------------------------------------------------------


def row_words(story, row):
    """How one stretch counted, or what a mark was."""
    if row.kind == ledger.MARK:
        return mark_words(story, row.mark)
    if row.kind == ledger.HOLD:
        reason = story.reasons.get(row.line)
        return _("paused: %(reason)s") % {"reason": reason} if reason else pgettext("clock", "paused")
    if row.kind == ledger.SOLVED:
        return _("solved, counted by agreement") if row.counted else str(ENDED.get(story.metric, ANSWERED))
    if row.kind == ledger.EARLIER:
        return _("%(n)s earlier stretches") % {"n": row.stretches}
    if row.kind == ledger.OFF:
        return _("holiday, outside service hours") if row.holiday else _("outside service hours")
    return _("left, then due") if row.kind == ledger.NEXT else pgettext("clock", "running")


def mark_words(story, mark):
    """What happened at a mark; names and reasons only for our own people."""
    return _MARKS[mark.kind](story, mark)


def _retargeted(story, mark):
    names = _ranks(mark) | {"old": _target(mark.before), "new": _target(mark.after)}
    if mark.rule == clockwork.RESTART_CAPPED:
        said = _("priority %(before)s → %(after)s: target %(old)s → %(new)s, situation worse: due never later than before") % names
    elif names["before"] == names["after"]:
        said = _("other terms: target %(old)s → %(new)s, time used counts on") % names
    else:
        said = _("priority %(before)s → %(after)s: target %(old)s → %(new)s, time used counts on") % names
    reason = story.reasons.get(mark.line)
    return f"{said} ({reason})" if reason else said


def _target(terms):
    return length(terms.target_us) if terms.target_us is not None else pgettext("target", "none")


def _rebound(story, mark):
    new, old = story.calendars.get(mark.line), story.calendar_before(mark.line)
    names = {"no": _calendar_no(story, mark)}
    if new and old and new.covered_through and old.covered_through and new.covered_through > old.covered_through:
        first, last = old.covered_through + timedelta(days=1), new.covered_through
        names["years"] = str(last.year) if first.year == last.year else f"{first.year}–{last.year}"
        return _("holidays of %(years)s became official: version %(no)s of the calendar counts from here on") % names
    return _("version %(no)s of the calendar counts from here on") % names


def _broken(_story, mark):
    if mark.cause == clockwork.BY_RETARGET:
        return _("breached: more was used already than the new target allows")
    return _("breached: due here, and not done")


def _excused(story, mark):
    names = {"who": story.people.get(mark.line), "reason": story.reasons.get(mark.line)}
    if not names["who"]:
        return _("breach excused, counted apart")
    return _("breach excused by %(who)s: %(reason)s") % (names | {"reason": names["reason"] or _("no reason noted")})


def _put_right(story, mark):
    names = {"who": story.people.get(mark.line), "proposer": story.proposers.get(mark.line), "reason": story.reasons.get(mark.line)}
    if not names["who"]:
        return _("corrected by two people: the stretches above are the corrected ones")
    said = _("corrected: proposed by %(proposer)s, applied by %(who)s") if names["proposer"] else _("corrected by %(who)s")
    return said % names + (f" ({names['reason']})" if names["reason"] else "")


def _reopened(_story, _mark):
    return _("reopened: the clock goes on where it stood")


_MARKS = {
    clockwork.RETARGET: _retargeted, clockwork.REBIND: _rebound, clockwork.BREACH: _broken,
    clockwork.EXCUSE: _excused, clockwork.CORRECT: _put_right, clockwork.REOPEN: _reopened,
}  # fmt: skip
