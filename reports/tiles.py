"""The tiles of the SLA dashboard: each answers one question, from what one look reads."""

from datetime import timedelta

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from changes.forms.figures import month_words
from incidents.measures import STAGE_NAMES
from itsm.core import measures
from itsm.core.measures import Unit
from itsm.people.zones import company_day
from reports import answers, charts, figures, live
from reports.links import definition_url, incidents_url, page_url, rows_url
from reports.looking import ATTAINED, METRICS, PAUSES, PUNCTUALITY, TIMES, Look, keys_of, named
from reports.models import NOBODY
from sla.models import Outcome
from sla.services.pulse import backlog as steps_waiting

WEEKS_UP_TO = 3
"""A period of at most so many months is told by weeks."""
PLACES = 12
BY = {"service": gettext_lazy("By service"), "customer": gettext_lazy("By customer"), "team": gettext_lazy("By team")}
WAITS = (
    (gettext_lazy("The customer waits for somebody to begin"), ("first_wait", "handed_wait")),
    (gettext_lazy("We wait for the customer"), ("customer",)),
    (gettext_lazy("We wait for a supplier"), ("supplier",)),
    (gettext_lazy("We wait for the confirmation"), ("confirming",)),
)
OTHERS = ("stage_customer", "stage_confirming")
"""Steps that are the customer's: none of them is called the slow one."""


def promises(look):
    """Are we keeping our promises? Raw, with what was excused beside, in all and by priority."""
    kept = [_kept(look, metric) for metric in METRICS]
    lines = {metric: _by_priority(look, metric) for metric in METRICS}
    explained = {priority: found["attainment_resolution"] for priority, found in look.priorities.items()}
    return {
        "answer": answers.promises([line["raw"] for line in kept], explained), "kept": [line for line in kept if line["raw"].number],
        "lines": [(measures.named(f"attainment_{metric}"), *lines[metric]) for metric in METRICS if lines[metric][1]],
        "decided": sum(line["raw"].number for line in kept),
    }  # fmt: skip


def _kept(look, metric):
    raw, excused = look.whole(f"attainment_{metric}"), look.whole(f"attainment_{metric}_excused")
    return {
        "raw": raw, "excused": excused, "url": rows_url(raw.measure, look.scope),
        "broken_url": rows_url(raw.measure, look.scope, "rest"), "forgiven": raw.number - excused.number,
        "forgiven_url": rows_url(raw.measure, look.scope, "rest", outcome=Outcome.EXCUSED.value),
    }  # fmt: skip


def _by_priority(look, metric):
    """`(where the scale begins, [(priority, raw, excused, Dots, addresses of the met and of all)])`."""
    raw_key = f"attainment_{metric}"
    found = [(priority, each[raw_key], each[f"{raw_key}_excused"]) for priority, each in look.priorities.items() if each[raw_key].number]
    low = charts.lowest([raw.value for _priority, raw, _excused in found])
    return low, [
        (
            priority, raw, excused, charts.dots(raw.value, excused.value, raw.measure.goal, low),
            rows_url(raw_key, look.scope, "counted", priority=priority), rows_url(raw_key, look.scope, priority=priority),
        )
        for priority, raw, excused in found
    ]  # fmt: skip


def breaking(look):
    """What will break next? Open incidents by the clock that runs out first, now."""
    counted = live.total(look.open)
    links = {"open": {}, "overdue": {"overdue": "true"}, "soon": {"view": "soon", "overdue": "false"}, "unassigned": {"view": "unassigned"},
             "broken": {"broken": "true"}}  # fmt: skip
    urls = {name: incidents_url(look.scope, **asked) for name, asked in links.items()}
    return {"answer": answers.breaking(counted), "counted": counted, "urls": urls,
            "rows": live.breaking(look.scope, look.person, look.at) if counted["open"] else []}  # fmt: skip


def stages(look):
    """Where do we lose time? Every step from the contact to the end, against the period before."""
    lines = [_stage(look, key) for key in keys_of("stages")]
    total, number = sum(line["figure"].total for line in lines), lines[0]["figure"].number
    slow = max((line for line in lines if line["figure"].measure.key not in OTHERS), key=lambda line: line["share"])
    slow["slow"] = bool(slow["share"])
    told = (slow["figure"], slow["before"]) if slow["slow"] else (None, None)
    return {
        "answer": answers.losing(slow["figure"].measure.name, slow["share"], *told), "lines": lines, "number": number,
        "flow": charts.shares(lines, lambda line: line["figure"].total), "mean": total / number if number else None,
        "switch": _switch(look.scope), "all_url": rows_url("stage_logging", look.scope),
    }  # fmt: skip


def _stage(look, key):
    now, was = look.stages[key], look.before[key]
    return {
        "figure": now, "before": was, "meaning": STAGE_NAMES[key.removeprefix("stage_")][1], "url": rows_url(key, look.scope),
        "delta": None if now.value is None or was.value is None else now.value - was.value, "slow": False,
        "share": _share(look, now),
    }  # fmt: skip


def _switch(scope):
    chosen = [(None, _("All")), *((priority, f"P{priority}") for priority in range(1, 5))]
    return [(label, f"{page_url('reports:sla', scope, priority=key)}#stages", scope.priority == key) for key, label in chosen]


def _share(look, figure):
    """A step's percent of the whole time."""
    total = sum(step.total for step in look.stages.values())
    return 100 * figure.total / total if total else 0


def waits(look):
    """Who waits for whom? The steps in which nobody works, put together by who is waited for."""
    lines = [_wait(look, label, [f"stage_{name}" for name in names]) for label, names in WAITS]
    return {"answer": answers.idling([(label, share) for label, _mean, share, _urls in lines]), "lines": lines}


def _wait(look, label, keys):
    """`(who waits for whom, mean in seconds, share, [(step, mean, address of its rows)])`."""
    found = [look.stages[key] for key in keys]
    steps = [(figure.measure.name, figure.value, rows_url(figure.measure, look.scope)) for figure in found]
    return label, sum(figure.value or 0 for figure in found), sum(_share(look, figure) for figure in found), steps


def people(look):
    """Who needs help? Whoever holds more than they can, or something that breaks, now."""
    found = live.burdened(look.scope, look.person, look.at)
    over = [line["person"].display for line in found if line["over"]]
    answer = answers.helping(over, sum(line["overdue"] for line in found), sum(line["near"] for line in found))
    for line in found[: live.SHOWN]:
        line["url"] = incidents_url(look.scope.but(customer=None, service=None, team=None, priority=None), assignee=line["assignee"])
    return {"answer": answer, "people": found[: live.SHOWN], "more": max(0, len(found) - live.SHOWN)}


def trend(look):
    """Is it getting better? Attainment by month, or by week in a short period."""
    by = "week" if len(look.scope.period.months) <= WEEKS_UP_TO else "month"
    found = figures.read(look.scope, named(ATTAINED[:4]), by=by, percentiles=False)
    steps = [step for step in _steps(look.scope.period, by) if step <= company_day(look.at)]
    lines = [(_step_name(step, by), found.get(step, {}), _step_scope(look.scope, step, by)) for step in steps]
    drawn = (("raw", _("Resolutions, raw"), ATTAINED[2]), ("exc", _("Resolutions, without excused"), ATTAINED[3]))
    series = [(cls, label, [_point(found, key, narrow) for _name, found, narrow in lines]) for cls, label, key in drawn]
    goal = measures.named(ATTAINED[2]).goal
    chart = charts.trend(series, [name for name, *_rest in lines], goal=goal, words=percent)
    pairs = [(look.whole(key), look.before[key]) for key in (ATTAINED[0], ATTAINED[2])]
    return {"answer": answers.improving(pairs), "chart": chart, "by": by, "lines": [_trend_line(*line) for line in lines][::-1]}


def percent(value):
    """A percentage as it stands on an axis or beside a dot."""
    return f"{value:.0f} %" if value == round(value) else f"{value:.1f} %"


def _steps(period, by):
    """The first days of a period's months or weeks; the first week may begin before it."""
    if by == "month":
        return period.months
    monday, weeks = period.first - timedelta(days=period.first.weekday()), []
    while monday <= period.last_day:
        weeks.append(monday)
        monday += timedelta(days=7)
    return weeks


def _step_name(step, by):
    if by == "month":
        return month_words(step, pgettext("short year and month", "n/y"))
    return date_format(step, pgettext("date without year", "j M"))


def _step_scope(scope, step, by):
    """`(scope, further keys)` that narrow rows to a month or a week."""
    if by == "month":
        return scope.but(period=type(scope.period)(step, step)), {}
    return scope, {"week": f"{step:%Y-%m-%d}"}


def _point(found, key, narrow):
    figure = found.get(key)
    return (figure.value, rows_url(key, narrow[0], **narrow[1])) if figure else (None, "")


def _trend_line(name, found, narrow):
    """`(name, [(Figure or None, address)])`: responses and resolutions, each raw and without excused."""
    return name, [(found.get(key), rows_url(key, narrow[0], **narrow[1])) for key in ATTAINED[:4]]


def arrivals(look):
    """When do tickets come? By hour of the week."""
    counted = figures.arrivals(look.scope)
    chart, url = charts.heat(counted), rows_url("logged_in_time", look.scope)
    rows = [(WEEKDAYS_ABBR[no], WEEKDAYS[no], y, [(cell, f"{url}&slot={cell.slot}") for cell in cells])
            for no, (y, cells) in enumerate(chart.days)]  # fmt: skip
    return {"answer": answers.arriving(counted, WEEKDAYS), "chart": chart, "rows": rows, "number": sum(counted.values()), "all_url": url}


def quality(look):
    """How good is the work? Each measure with its definition, its goal and the period before."""
    keys = [*keys_of("quality"), PAUSES]
    now, was = [look.whole(key) for key in keys], [look.before[key] for key in keys]
    lines = [_measured(look, *pair) for pair in zip(now, was, strict=True)]
    return {"answer": answers.working(now, was), "lines": lines}


def _measured(look, now, was):
    worse = answers.is_worse(now, was)
    shown = now.measure.counted is not None
    return {
        "figure": now, "before": was, "delta": "" if worse is None else answers.points(now.value - was.value), "worse": worse,
        "stars": now.measure.unit == Unit.STARS, "url": rows_url(now.measure, look.scope), "definition_url": definition_url(now.measure),
        "counted_url": rows_url(now.measure, look.scope, "counted") if shown else "",
    }  # fmt: skip


def times(look):
    """How long does it take? Response and repair, by priority: never one average over all of them."""
    lines = [(measures.named(key), _times_of(look, key)) for key in TIMES]
    repaired = {priority: each["mttr"] for priority, each in look.priorities.items()}
    return {"answer": answers.repairing(repaired), "lines": [(measure, definition_url(measure), rows) for measure, rows in lines if rows]}


def _times_of(look, key):
    found = [(priority, each[key]) for priority, each in look.priorities.items()]
    return [(priority, figure, rows_url(key, look.scope, priority=priority)) for priority, figure in found if figure.number]


def places(look):
    """Where do they differ? By service, customer or team."""
    keys = (ATTAINED[0], ATTAINED[2], "mttr")
    found = figures.read(look.scope, named(keys), by=look.by, percentiles=False)
    names = {key: look.options[look.by].get(key) or _("none") for key in found}
    ordered = sorted(found, key=lambda key: (-found[key][keys[1]].rest, -found[key][keys[1]].number, names[key]))
    shown = ordered if look.everything else ordered[:PLACES]
    if look.by != "customer":
        figures.add_percentiles(found, [measures.named("mttr")], look.scope, look.by, shown)
    return {
        "answer": answers.differing([(names[key], found[key][keys[1]]) for key in ordered]),
        "lines": [_place(look, key, names[key], found[key]) for key in shown], "more": len(ordered) - len(shown),
        "all_url": f"{page_url('reports:sla', look.scope, by=look.by, everything=1)}#places",
        "tabs": [(label, f"{page_url('reports:sla', look.scope, by=key)}#places", key == look.by) for key, label in BY.items()],
        "by": look.by, "caption": BY[look.by],
    }  # fmt: skip


def _place(look, key, name, each):
    narrow = {look.by: key}
    response, resolution, repair = (each[name] for name in (ATTAINED[0], ATTAINED[2], "mttr"))
    parts = (("response", response, "all"), ("response_rest", response, "rest"), ("resolution", resolution, "all"),
             ("resolution_rest", resolution, "rest"), ("repair", repair, "all"))  # fmt: skip
    urls = {part: rows_url(figure.measure, look.scope, which, **narrow) for part, figure, which in parts}
    here = "" if key == NOBODY else page_url("reports:sla", look.scope, **narrow)
    return {"name": name, "url": here, "response": response, "resolution": resolution, "repair": repair, "urls": urls}


def backlog(look):
    """How old is what is open? By priority, now."""
    whole = live.total(look.open)
    lines = [(priority, line, incidents_url(look.scope, priority=priority), incidents_url(look.scope, priority=priority, overdue="true"))
             for priority, line in look.open.items()]  # fmt: skip
    return {"answer": answers.standing(whole["open"], whole["overdue"], whole["oldest"]), "lines": lines, "whole": whole,
            "defined": measures.named("backlog_age")}  # fmt: skip


def machine(look):
    """Are people told when they should be? Escalations on time, and what waits now."""
    figure = look.whole(PUNCTUALITY)
    waiting, lag = steps_waiting(look.at)
    return {
        "answer": answers.punctual(figure, waiting, lag.total_seconds()), "figure": figure, "url": rows_url(PUNCTUALITY, look.scope),
        "late_url": rows_url(PUNCTUALITY, look.scope, "rest"), "definition_url": definition_url(figure.measure),
    }  # fmt: skip


DRAWN = {
    "promises": (promises, 7), "breaking": (breaking, 5), "stages": (stages, 5), "people": (people, 3), "trend": (trend, 4),
    "arrivals": (arrivals, 8), "waits": (waits, 4), "quality": (quality, 6), "times": (times, 6), "places": (places, 12),
    "backlog": (backlog, 7), "machine": (machine, 5),
}  # fmt: skip
"""The tiles in the order of the page, with how many of twelve columns each takes."""


def _alone(draw):
    return lambda scope, person, at: draw(Look(scope, person, at))


TILES = {name: _alone(draw) for name, (draw, _span) in DRAWN.items()}
"""`{name: function(scope, person, at)}`: what one tile shows, read for it alone."""


def drawn(look):
    """`[(name, template, columns, context)]` of the whole page; what tiles share is read once."""
    return [(name, f"reports/_{name}.html", span, draw(look)) for name, (draw, span) in DRAWN.items()]
