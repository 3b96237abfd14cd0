"""The answer to the question over a chart, in one sentence and perhaps another one. Pure: figures in, words of the reader out."""

import functools
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from itsm.core import wording

NARROW = 0.05
"""Less than this many points counts as no difference."""


class Answer(NamedTuple):
    """What stands first, and what is added."""

    lead: str
    rest: str = ""


def joined(names):
    """Names one after another."""
    return pgettext("between names", ", ").join(str(name) for name in names)


def sentences(*said):
    """Sentences one after another; what is empty is left out."""
    told = [str(one) for one in said if one]
    both = pgettext("one sentence after another", "%(first)s %(second)s")
    return functools.reduce(lambda first, second: both % {"first": first, "second": second}, told, told.pop(0)) if told else ""


def points(value):
    """Percentage points, always with a sign."""
    if abs(value) < NARROW:
        return "±0"
    return f"{'+' if value > 0 else '−'}{abs(value):.1f}"


def nothing_decided():
    """What a panel says when there is nothing to count."""
    return Answer(_("Nothing was decided in this period."), _("Choose a longer period, or take filters away."))


def promises(figures, by_priority):
    """Are we keeping our promises? figures: raw ones; by_priority: `{priority: the Figure that is explained}`."""
    decided = [figure for figure in figures if figure.number]
    if not decided:
        return nothing_decided()
    lead = sentences(*(_kept(figure) for figure in decided))
    short = [f"P{priority}" for priority, figure in sorted(by_priority.items()) if figure.is_kept is False]
    return Answer(lead, _("Resolutions fall short in %(priorities)s.") % {"priorities": joined(short)} if short else "")


def _kept(figure):
    words = {"what": figure.measure.name, "points": f"{_short(figure):.1f}", "goal": f"{figure.measure.goal:.0f}"}
    if figure.is_kept:
        return _("%(what)s: goal reached.") % words
    return _("%(what)s: %(points)s points short of %(goal)s %%.") % words


def _short(figure):
    """How far below its goal, told so that it never says nought."""
    return max(0.1, figure.measure.goal - figure.value)


def breaking(counted):
    """What will break next? counted: `open`, `overdue`, `soon`, `unassigned`."""
    if not counted["open"]:
        return Answer(_("Nothing is open."))
    overdue, soon, unassigned = counted["overdue"], counted["soon"], counted["unassigned"]
    lead = ngettext("%(n)d is overdue.", "%(n)d are overdue.", overdue) % {"n": overdue} if overdue else _("Nothing is overdue.")
    due = ngettext("%(n)d falls due within the hour.", "%(n)d fall due within the hour.", soon) % {"n": soon}
    alone = ngettext("%(n)d has no owner.", "%(n)d have no owner.", unassigned) % {"n": unassigned} if unassigned else ""
    return Answer(lead, sentences(due, alone))


def losing(step, share, figure, before):
    """Where do we lose time? step: the slow one's name; share: its percent of all; figure, before: its Figures, or None for none."""
    if figure is None:
        return nothing_decided()
    words = {"share": f"{share:.0f}", "step": step}
    lead = _("%(share)s %% of the time goes into: %(step)s.") % words
    mean = _("%(time)s on average.") % {"time": wording.duration(figure.value)}
    return Answer(lead, sentences(mean, _longer(figure, before)))


def _longer(figure, before):
    if before is None or before.value is None:
        return ""
    by = figure.value - before.value
    if abs(by) < wording.MINUTE:
        return _("As long as in the period before.")
    words = {"time": wording.duration(by)}
    return _("%(time)s longer than in the period before.") % words if by > 0 else _("%(time)s shorter than in the period before.") % words


def idling(lines):
    """Who waits for whom? lines: `[(who waits for whom, percent of the whole time)]`."""
    if not any(share for _label, share in lines):
        return nothing_decided()
    label, most = max(lines, key=lambda line: line[1])
    words = {"share": f"{sum(share for _label, share in lines):.0f}", "who": label, "most": f"{most:.0f}"}
    return Answer(_("In %(share)s %% of the time nobody works on it.") % words, _("Most of all: %(who)s (%(most)s %%).") % words)


def helping(over, overdue, near):
    """Who needs help? Names of those over their capacity; how many incidents are overdue and at 90 % in somebody's hands."""
    if not (over or overdue or near):
        return Answer(_("Nobody is over capacity, and nothing they hold is about to break."))
    lead = _("Over capacity: %(names)s.") % {"names": joined(over)} if over else _("Nobody is over capacity.")
    late = ngettext("%(n)d of what they hold is overdue.", "%(n)d of what they hold are overdue.", overdue) % {"n": overdue}
    soon = ngettext("%(n)d is at 90 %% of its time.", "%(n)d are at 90 %% of their time.", near) % {"n": near}
    return Answer(lead, sentences(late if overdue else "", soon if near else ""))


def improving(pairs):
    """Is it getting better? pairs: `[(Figure now, Figure before)]`."""
    told = [_moved(now, before) for now, before in pairs if now.value is not None and before.value is not None]
    if not any(now.number for now, _before in pairs):
        return nothing_decided()
    if not told:
        return Answer(_("There is nothing before this period to compare it with."))
    return Answer(sentences(*told), _("Points against the period before."))


def _moved(now, before):
    return _("%(what)s: %(points)s.") % {"what": now.measure.name, "points": points(now.value - before.value)}


def arriving(counted, days):
    """When do tickets come? counted: `{slot: how many}`; days: the names of the week's days."""
    total = sum(counted.values())
    if not total:
        return Answer(_("No ticket came in this period."), _("Choose a longer period, or take filters away."))
    slot, number = max(counted.items(), key=lambda line: (line[1], -line[0]))
    by_day = [sum(counted.get(day * 24 + hour, 0) for hour in range(24)) for day in range(7)]
    day = by_day.index(max(by_day))
    words = {"day": days[slot // 24], "from": slot % 24, "to": slot % 24 + 1, "n": number, "all": total}
    words["share"] = f"{100 * number / total:.0f}"
    lead = _("Most come on %(day)s between %(from)d and %(to)d o’clock: %(n)d of %(all)d (%(share)s %%).") % words
    return Answer(lead, _("Of all days %(day)s brings most: %(n)d.") % {"day": days[day], "n": by_day[day]})


def working(figures, before):
    """How good is the work? figures, before: Figures of the same measures."""
    if not any(figure.number for figure in figures):
        return nothing_decided()
    aimed = [figure for figure in figures if figure.is_kept is not None]
    reached = sum(figure.is_kept for figure in aimed)
    lead = _("%(n)d of %(all)d goals are reached.") % {"n": reached, "all": len(aimed)} if aimed else ""
    worse = [now.measure.name for now, was in zip(figures, before, strict=True) if is_worse(now, was)]
    rest = _("Worse than before: %(names)s.") % {"names": joined(worse)} if worse else _("Nothing is worse than before.")
    return Answer(lead or rest, rest if lead else "")


def is_worse(now, before):
    """Whether a figure went the wrong way by more than a trifle; None when there is nothing to compare."""
    if now.value is None or before.value is None:
        return None
    by = now.value - before.value
    return (by < 0 if now.measure.better.value == "up" else by > 0) and abs(by) >= NARROW


def repairing(by_priority):
    """Response and repair times. by_priority: `{priority: Figure of the repair}`: never one number over all of them."""
    told = [(priority, figure) for priority, figure in sorted(by_priority.items()) if figure.number and figure.p50 is not None]
    if not told:
        return nothing_decided()
    lead = [_("P%(priority)d: half are solved within %(time)s.") % {"priority": p, "time": wording.duration(f.p50)} for p, f in told[:2]]
    return Answer(sentences(*lead), _("Service time, waits for the customer not counted."))


def differing(lines):
    """Where? lines: `[(name, Figure of the resolutions)]`."""
    decided = [(name, figure) for name, figure in lines if figure.number]
    if not decided:
        return nothing_decided()
    short = [(name, figure) for name, figure in decided if figure.is_kept is False]
    if not short:
        return Answer(_("All of them reach the goal."))
    name, figure = min(short, key=lambda line: (line[1].value, -line[1].number))
    words = {"name": name, "value": f"{figure.value:.1f}", "n": figure.number}
    lead = _("Lowest: %(name)s, %(value)s %% of %(n)d resolutions kept.") % words
    return Answer(lead, ngettext("%(n)d is below the goal.", "%(n)d are below the goal.", len(short)) % {"n": len(short)})


def standing(number, overdue, oldest):
    """Backlog: how many are open, how many are overdue, how old the oldest is in seconds."""
    if not number:
        return Answer(_("Nothing is open."))
    lead = ngettext("%(n)d is open.", "%(n)d are open.", number) % {"n": number}
    late = ngettext("%(n)d is past its due time.", "%(n)d are past their due time.", overdue) % {"n": overdue}
    return Answer(lead, sentences(late, _("The oldest waits for %(time)s.") % {"time": wording.duration(oldest)}))


def punctual(figure, waiting, lag_s):
    """Do the clocks work? figure: escalation punctuality; waiting: steps overdue now; lag_s: for how long the oldest."""
    now = _("No step waits.")
    if waiting:
        words = {"n": waiting, "time": wording.duration(lag_s)}
        now = ngettext("%(n)d step waits, since %(time)s.", "%(n)d steps wait, the oldest since %(time)s.", waiting) % words
    if not figure.number:
        return Answer(now, _("No step fired in this period."))
    return Answer(now, _("%(share)s %% fired within five seconds.") % {"share": f"{figure.value:.1f}"})


def waiting(number, since_s, late):
    """Which approvals wait? number of decisions asked for; since_s: for how long the oldest; late: past their deadline."""
    if not number:
        return Answer(_("Nobody is asked for a decision."))
    lead = ngettext("%(n)d decision is asked for.", "%(n)d decisions are asked for.", number) % {"n": number}
    past = ngettext("%(n)d is past its deadline.", "%(n)d are past their deadline.", late) % {"n": late}
    return Answer(
        lead,
        sentences(
            past if late else _("None is past its deadline."), _("The oldest waits for %(time)s.") % {"time": wording.duration(since_s)}
        ),
    )


def approving(share, length):
    """Do people decide in time? Figures of the share within the target and of the lead time."""
    if not share.number:
        return Answer(_("No approval was decided in this period."), _("Choose a longer period, or take filters away."))
    words = {"target": wording.duration(length.measure.goal), "time": wording.duration(length.p50), "share": f"{share.value:.1f}"}
    reached = length.p50 <= length.measure.goal
    lead = _("Half are decided within %(time)s; the target of %(target)s is met.") if reached else _(
        "Half are decided within %(time)s; the target is %(target)s."
    )  # fmt: skip
    return Answer(lead % words, _("%(share)s %% were decided in time.") % words)


def succeeding(success, back):
    """Do changes succeed? Figures of success and of going back."""
    if not success.number:
        return Answer(_("No change was carried out in this period."), _("Choose a longer period, or take filters away."))
    words = {"n": success.counted, "all": success.number}
    lead = _("%(n)d of %(all)d changes succeeded.") % words
    gone = ngettext("%(n)d was backed out.", "%(n)d were backed out.", back.counted) % {"n": back.counted}
    return Answer(lead, gone if back.counted else _("None was backed out."))
