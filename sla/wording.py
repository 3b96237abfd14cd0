"""The terms of a version in words: what a customer reads and signs, and what our own pages show. Pure: asks no database.

A term that is not set is not mentioned. The same version, calendars and language always give the same text.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from catalog.models import Criticality
from itsm.calendars.wording import shown
from itsm.core.wording import duration
from itsm.people.zones import company_day, company_zone
from sla import ladder
from sla.models import PAUSE_REASONS, AgreementKind, Metric, ReopenRule

WHO = {
    ladder.DISPATCHER: gettext_lazy("the dispatcher on duty, while nobody has it"),
    ladder.ASSIGNEE: gettext_lazy("whoever works on it"),
    ladder.LEAD: gettext_lazy("the team's lead"),
    ladder.SUPERVISOR: gettext_lazy("the supervisor"),
    ladder.SERVICE_MANAGER: gettext_lazy("the IT service manager"),
    ladder.TOP_MANAGEMENT: gettext_lazy("top management"),
}
METRICS = {
    Metric.RESPONSE: gettext_lazy("first response within %(time)s"),
    Metric.RESOLUTION: gettext_lazy("solved within %(time)s"),
    Metric.NEXT_UPDATE: gettext_lazy("news every %(time)s at least"),
    Metric.SUPPORT: gettext_lazy("done within %(time)s of the hand-over"),
}
SHOWN = list(METRICS)
TARGETS, HOURS = "targets", "hours"


class Section(NamedTuple):
    """One heading of the terms and its lines."""

    key: str
    title: str
    lines: list


def text(read):
    """The whole text of a version, as it is shown and signed, in the active language."""
    return "\n\n".join("\n".join([section.title, *section.lines]) for section in sections(read))


def sections(read):
    """Every Section of a version that has anything to say, in order."""
    version = read.version
    parts = [
        ("parties", _parties(read)), (TARGETS, _targets(read)), (HOURS, _hours(read)), ("service", _service(read)),
        ("limits", _limits(version)), ("exceptions", version.exceptions.splitlines()), ("waiting", _waiting(version)),
        ("ladder", ladder_lines(version)),
    ]  # fmt: skip
    return [Section(key, str(TITLES[key]), lines) for key, lines in parts if lines]


TITLES = {
    "parties": gettext_lazy("Agreement"),
    TARGETS: gettext_lazy("What is promised"),
    HOURS: gettext_lazy("When the time counts"),
    "service": gettext_lazy("Service hours and availability"),
    "limits": gettext_lazy("Workload limits"),
    "exceptions": gettext_lazy("Exceptions"),
    "waiting": gettext_lazy("What stops the clock, and reopening"),
    "ladder": gettext_lazy("Who is told when time runs out"),
}


def _parties(read):
    version, agreement = read.version, read.version.agreement
    words = {"kind": agreement.get_kind_display(), "name": agreement.name, "no": version.no}
    about = agreement.service or _("every service without an agreement of its own")
    day = {"day": company_day(version.effective_from).isoformat(), "zone": company_zone()}
    return [
        _("%(kind)s %(name)s, version %(no)s") % words,
        _("Between %(own)s and %(party)s") % {"own": read.own or "–", "party": agreement.party},
        _("About: %(service)s") % {"service": about},
        _("In force from %(day)s (%(zone)s), until another version follows or it is ended.") % day,
    ]


def _targets(read):
    """One line a tier and priority: every metric, and the hours it is measured in."""
    rows = {}
    for target in read.targets:
        rows.setdefault((target.tier, target.priority), {})[target.metric] = target
    return [_row(tier, priority, held) for (tier, priority), held in sorted(rows.items())]


def _row(tier, priority, held):
    said = [METRICS[metric] % {"time": duration(held[metric].seconds)} for metric in SHOWN if metric in held]
    calendars = dict.fromkeys(str(target.calendar) for target in held.values())
    words = {"tier": Criticality(tier).label, "p": priority, "promise": " · ".join(said), "calendar": ", ".join(calendars)}
    return _("%(tier)s P%(p)s: %(promise)s. Counted on: %(calendar)s") % words


def _hours(read):
    """Each calendar that a target is measured on, in words."""
    used = dict.fromkeys((target.calendar_id, target.calendar) for target in read.targets)
    return [calendar_line(calendar, read.hours.get(pk), read.version.effective_from) for pk, calendar in used]


def _service(read):
    version, lines = read.version, []
    for label, calendar in ((_("Service hours"), version.service_calendar), (_("Maintenance windows"), version.maintenance_calendar)):
        if calendar:
            said = calendar_line(calendar, read.hours.get(calendar.pk), version.effective_from)
            lines.append(_("%(label)s: %(hours)s") % {"label": label, "hours": said})
    if version.availability is not None:
        words = {"percent": f"{Decimal(version.availability).normalize():f}"}
        lines.append(_("Availability: at least %(percent)s %% of the service hours in a month") % words)
    return lines


def _limits(version):
    lines = []
    if version.monthly_tickets:
        lines.append(_("At most %(n)s tickets a month") % {"n": version.monthly_tickets})
    return lines + version.workload_limits.splitlines()


def _waiting(version):
    words = dict(PAUSE_REASONS)
    if version.agreement.kind != AgreementKind.CUSTOMER:
        return []
    reasons = ", ".join(str(words.get(reason, reason)) for reason in version.pause_reasons)
    return [
        _("The time to solve it stands still only for: %(reasons)s.") % {"reasons": reasons}
        if reasons
        else _("The time to solve it never stands still."),
        _("When it is reopened: %(rule)s.") % {"rule": ReopenRule(version.reopen_rule).label},
    ]


def in_days(seconds, held):
    """About how many working days of a calendar version a target is ("≈ 2 working days"), or "" below one."""
    if held is None or (not held.weekly and not held.hours().always):
        return ""
    if held.hours().always:
        days, form = seconds / 86400, ngettext_lazy("≈ %(n)s day", "≈ %(n)s days", "count")
    else:
        a_day = 60 * sum(until - since for _dow, since, until in held.weekly) / len({dow for dow, *_hours in held.weekly})
        days, form = seconds / a_day, ngettext_lazy("≈ %(n)s working day", "≈ %(n)s working days", "count")
    return form % {"n": f"{days:.1f}".removesuffix(".0"), "count": round(days + 0.49)} if days >= 1 else ""


def calendar_line(calendar, held, since):
    """A calendar in words: its name, zone, weekly hours, and what differs from a day on."""
    if held is None:
        return str(calendar)
    if held.hours().always:
        return _("%(calendar)s: 24 hours a day, every day of the year") % {"calendar": calendar}
    first = company_day(since).isoformat()
    later = {day: parts for day, parts in held.exceptions.items() if day >= first}
    said = [_("%(calendar)s (%(zone)s): %(week)s") % {"calendar": calendar, "zone": held.tz, "week": _week(held.weekly)}]
    if closed := _runs({day for day, parts in later.items() if not parts}):
        said.append(_("closed on %(days)s") % {"days": closed})
    said += [_("open on %(day)s %(hours)s") % {"day": day, "hours": shown(parts)} for day, parts in sorted(later.items()) if parts]
    if held.covered_through:
        said.append(_("public holidays are known through %(day)s") % {"day": held.covered_through.isoformat()})
    return "; ".join(said)


def _week(weekly):
    """Weekly hours with neighbouring equal days together: "Monday – Friday 09:00-12:00, 13:00-18:00"."""
    days = {dow: shown([[a, b] for day, a, b in weekly if day == dow]) for dow in range(7)}
    runs = []
    for dow, hours in days.items():
        if runs and runs[-1][2] == hours:
            runs[-1][1] = dow
        else:
            runs.append([dow, dow, hours])
    return ", ".join(f"{_span(str(WEEKDAYS[a]), str(WEEKDAYS[b]))} {hours}" for a, b, hours in runs if hours)


def _runs(days):
    """Dates with neighbours together: "2026-10-01 – 2026-10-07, 2027-01-01"."""
    runs = []
    for day in map(date.fromisoformat, sorted(days)):
        if runs and day == runs[-1][1] + timedelta(days=1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ", ".join(_span(a.isoformat(), b.isoformat()) for a, b in runs)


def _span(first, last):
    return first if first == last else f"{first} – {last}"


def ladder_lines(version):
    """Who is told at which mark before and after a breach, one line a step."""
    if not version.ladder:
        marks = ", ".join(f"{mark} %" for mark in version.thresholds)
        return [_("%(marks)s of the time used: %(who)s") % {"marks": marks, "who": WHO[ladder.ASSIGNEE]}] if marks else []
    return [_step(rung) for rung in ladder.read(version.ladder)]


def _step(rung):
    words = {"mark": rung.mark, "over": rung.mark - ladder.BREACH, "who": ", ".join(str(WHO[who]) for who in rung.who)}
    if rung.mark < ladder.BREACH:
        line = _("%(mark)s %% of the time used: %(who)s") % words
    elif rung.mark == ladder.BREACH:
        line = _("Promise broken: %(who)s") % words
    else:
        line = _("%(over)s %% of the time later: %(who)s") % words
    return line + _only_for(rung)


def _only_for(rung):
    """For which priorities and metrics a step counts, where not for all, and its own minutes."""
    said = []
    if set(rung.priorities) != set(ladder.ALL):
        said.append(", ".join(f"P{priority}" for priority in rung.priorities))
    if rung.metrics:
        said.append(", ".join(str(Metric(metric).label) for metric in rung.metrics))
    said += [_("P%(p)s: %(n)s min after the breach") % {"p": priority, "n": minutes} for priority, minutes in sorted(rung.minutes.items())]
    return f" ({'; '.join(said)})" if said else ""
