"""The tiles of the assurance dashboard: do we find what is wrong, and is it mended for good?"""

from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from audits import counting
from audits.measures import AS_SET, CLOSED, COVERED, EFFECTIVE, IN_TIME, OVERDUE, PASSING
from changes.forms.figures import month_words
from itsm.core import measures
from reports import answers, charts, figures
from reports.answers import Answer
from reports.links import definition_url, rows_url
from reports.looking import named

OF_PERIOD = (IN_TIME, AS_SET, EFFECTIVE, CLOSED)
OF_NOW = (COVERED, PASSING, OVERDUE)
SHOWN = 8
DRAWN = ((IN_TIME, "raw", gettext_lazy("Dates kept")), (EFFECTIVE, "exc", gettext_lazy("Corrections that worked")))


class AssuranceLook:
    """What is read for the whole page, each once."""

    def __init__(self, scope, at):
        self.scope, self.at = scope, at

    @cached_property
    def now(self):
        """`{key: Figure}` of the period and of this moment."""
        return figures.read(self.scope, named([*OF_PERIOD, *OF_NOW]))[""]

    @cached_property
    def before(self):
        """The same of the period before, of what has one."""
        return figures.read(self.scope.before, named(OF_PERIOD))[""]

    @cached_property
    def months(self):
        """`{first day: {key: Figure}}`."""
        return figures.read(self.scope, named([key for key, *_rest in DRAWN]), by="month", percentiles=False)

    def ones(self, key, part="all"):
        """What a measure counts."""
        return figures.counted(self.scope, measures.named(key), part)


def mending(look):
    """Do we find and mend what is wrong? Each measure with its definition and the period before."""
    lines = [_measured(look, key) for key in (*OF_PERIOD, *OF_NOW)]
    return {"answer": _mended(look.now[IN_TIME], look.now[EFFECTIVE]), "lines": lines}


def _mended(in_time, effective):
    if not in_time.number and not effective.number:
        return Answer(_("No date of a corrective action was due in this period, and no effect was judged."))
    said = [_("%(kept)s of %(all)s dates were kept.") % {"kept": in_time.counted, "all": in_time.number}] if in_time.number else []
    if effective.number:
        said.append(_("%(worked)s of %(all)s corrections worked.") % {"worked": effective.counted, "all": effective.number})
    return Answer(said[0], " ".join(said[1:]))


def _measured(look, key):
    now, was = look.now[key], look.before.get(key)
    worse = answers.is_worse(now, was) if was is not None and now.measure.is_share else None
    return {
        "figure": now, "url": rows_url(key, look.scope), "definition_url": definition_url(now.measure), "worse": worse,
        "counted_url": rows_url(key, look.scope, "counted") if now.measure.is_share else "",
        "delta": "" if worse is None else answers.points(now.value - was.value), "is_now": key in OF_NOW,
    }  # fmt: skip


def late(look):
    """What should be done by now? Actions past their date, the oldest date first."""
    found = sorted(look.ones(OVERDUE, "counted"), key=lambda one: (one.record.next_due_on, one.record.pk))
    lead = ngettext("%(number)s action is overdue.", "%(number)s actions are overdue.", len(found)) % {"number": len(found)}
    return {"answer": Answer(lead if found else _("Nothing is overdue.")), "actions": [one.record for one in found[:SHOWN]],
            "number": look.now[OVERDUE].number, "all_url": reverse("audits:actions"), "more": max(0, len(found) - SHOWN)}  # fmt: skip


def bettering(look):
    """Does it get better? Month by month."""
    lines = [(month, {key: (look.months[month][key], _in_month(look, key, month)) for key, *_drawn in DRAWN})
             for month in look.scope.period.months]  # fmt: skip
    series = [(cls, label, [(each[key][0].value, each[key][1]) for _month, each in lines]) for key, cls, label in DRAWN]
    names = [month_words(month, pgettext("short year and month", "n/y")) for month, _each in lines]
    chart = charts.trend(series, names, low=0.0, words=lambda value: f"{value:.0f} %")
    rows = [(name, list(each.values())) for name, (_month, each) in zip(names, lines, strict=True)][::-1]
    return {"chart": chart, "lines": rows, "labels": [label for _key, _cls, label in DRAWN], "answer": _better(look)}


def _in_month(look, key, month):
    return rows_url(key, look.scope.but(period=type(look.scope.period)(month, month)))


def _better(look):
    now, was = look.now[IN_TIME], look.before[IN_TIME]
    if now.value is None or was.value is None:
        return Answer(_("There is nothing before this period to compare it with."))
    return Answer(_("Dates kept: %(points)s points against before.") % {"points": answers.points(now.value - was.value)})


def failing(look):
    """What do the rules find now? Those with exceptions, by the share that fails."""
    last = {run.rule: run for run in counting.last_runs() if run.failed}
    named_rules = {one.record.shown_number: one.record for one in look.ones(PASSING, "rest")}
    lines = [(named_rules[name], run) for name, run in last.items() if name in named_rules]
    lines.sort(key=lambda line: (-line[1].failed / line[1].population, line[0].shown_number))
    figure = look.now[PASSING]
    words = {"passed": figure.counted, "all": figure.number}
    lead = _("%(passed)s of %(all)s rules find no exception.") % words if figure.number else _("No rule has run yet.")
    return {"answer": Answer(lead), "lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN),
            "all_url": f"{reverse('audits:rules')}?result=failing"}  # fmt: skip


def uncovered(look):
    """What has nobody audited yet this year? What is not even planned first."""
    rest = sorted(look.ones(COVERED, "rest"), key=lambda one: one.outcome != "gap")
    things = {}
    for one in rest:
        things.setdefault(one.record.shown_number, one)
    found = list(things.values())
    figure = look.now[COVERED]
    lead = _("%(done)s of %(all)s audits that the year needs are done.") % {"done": figure.counted, "all": figure.number}
    return {"answer": Answer(lead), "things": found[:SHOWN], "more": max(0, len(found) - SHOWN),
            "all_url": rows_url(COVERED, look.scope, "rest")}  # fmt: skip


TILES = {"mending": (mending, 7), "late": (late, 5), "bettering": (bettering, 6), "failing": (failing, 6), "uncovered": (uncovered, 12)}
"""The tiles in the order of the page, with how many of twelve columns each takes."""


def drawn(scope, at):
    """`[(name, template, columns, context)]` of the whole page."""
    look = AssuranceLook(scope, at)
    return [(name, f"audits/_tile_{name}.html", span, draw(look)) for name, (draw, span) in TILES.items()]
