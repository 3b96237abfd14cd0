"""The figures of changes, and the rows behind each of them."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from changes import charts, measures, period, rules, sheets
from changes.forms.figures import FiguresForm, RowsForm, month_words
from changes.measures import scope as scopes
from changes.measures.rows import TABLES, emergency_cells
from itsm.core import clock, wording
from itsm.people.models import Person, Role

PAGE, EMERGENCIES = 50, 10
PEOPLE = 15
"""How many people the table of those who decided names: those for whom most time was waited."""
NUDGES = {
    "alone": gettext_lazy("Before any reminder"), "reminded": gettext_lazy("After a reminder"),
    "escalated": gettext_lazy("After an escalation"),
}  # fmt: skip


def _asked(request):
    """`(form, scope, at)` of an address, for somebody who may read every change."""
    if not rules.may_read(request.user):
        raise PermissionDenied
    at = clock.now()
    form = FiguresForm(request.GET, at=at)
    return form, form.scope(), at


@require_safe
def figures(request):
    """What changes come to and how long they wait, each figure leading to its rows."""
    form, scope, at = _asked(request)
    done, done_months, done_by = measures.carried_out(scope, at)
    leads, lead_months, lead_by, waits = measures.approvals(scope)
    shown, all_emergencies = measures.emergencies(scope, EMERGENCIES)
    context = {
        **_frame(form, scope, at), **_waits(waits), "done": done, "leads": leads, "target": measures.TARGET.total_seconds(),
        "groups": _groups(scope, done_by, lead_by), "months": _months(done_months, lead_months),
        "outcome_chart": _outcome_chart(done_months), "lead_chart": _lead_chart(lead_months),
        "waiting": [(Role(role).label, role, *rest) for role, *rest in measures.waiting_now(scope)],
        "unauthorised": measures.unauthorised(scope), "overrides": measures.freeze_overrides(scope),
        "backlog": _backlog(scope, at), "emergencies": [emergency_cells(one) for one in shown],
        "more_emergencies": all_emergencies - len(shown),
    }  # fmt: skip
    return render(request, "changes/figures.html", context)


def _frame(form, scope, at):
    """What the head of the page and every link need."""
    return {
        "form": _filled(form, scope), "scope": scope, "at": at, "bad": bool(form.errors), "words": _words(scope.period),
        "links": {name: _rows_url(name, scope) for name in TABLES}, "presets": _presets(scope, at),
        "by_links": [(label, _url(scope, by=key), key == scope.by) for key, label in measures.BY],
    }  # fmt: skip


def _filled(form, scope):
    """The form again, showing what is really looked at."""
    shown = FiguresForm({**scope.query}, at=form.at)
    for name, day in (("from", scope.period.first), ("to", scope.period.last)):
        choices = shown.fields[name].widget.choices
        if f"{day:%Y-%m}" not in dict(choices):
            shown.fields[name].widget.choices = [*choices, (f"{day:%Y-%m}", month_words(day))]
    return shown


def _url(scope, **other):
    return f"{reverse('changes:figures')}?{urlencode({**scope.query, **other})}"


def _rows_url(figure, scope, **other):
    return f"{reverse('changes:figure_rows', args=[figure])}?{urlencode({**scope.query, **other})}"


def _presets(scope, at):
    """`[(words, address, is it)]` of periods that are often looked at."""
    now = period.lately(at, 1)
    lengths = [(_("This month"), now), (_("Last month"), now.moved(-1)), (_("3 months"), period.lately(at)),
               (_("12 months"), period.lately(at, 12))]  # fmt: skip
    return [(words, _url(scope, **chosen.query), chosen == scope.period) for words, chosen in lengths]


def _words(chosen):
    if chosen.first == chosen.last:
        return month_words(chosen.first)
    return f"{month_words(chosen.first)} – {month_words(chosen.last)}"


def _groups(scope, done_by, lead_by):
    """`[(label, Outcomes, Leads, {figure: address})]` by tier, category or service."""
    keys = {*done_by, *lead_by}
    names = scopes.labels(scope, keys)
    return [
        (
            names.get(key) or _("Not assessed"), done_by.get(key, measures.Outcomes()), lead_by.get(key, measures.Leads()),
            {name: _rows_url(name, scope, **{scope.by: key}) for name in TABLES} if key else {},
        )
        for key in scopes.order(scope, keys, names)
    ]  # fmt: skip


def _months(done, leads):
    """`[(month, Outcomes, Leads)]`, the newest first."""
    return [(month_words(month), done[month], leads[month]) for month in reversed(list(done))]


def _outcome_chart(months):
    lines = (("a", _("Success"), "success_rate"), ("b", _("Emergencies"), "emergency_rate"), ("c", _("Backed out"), "backed_out_rate"))
    series = [(cls, label, [getattr(counted, name) for counted in months.values()]) for cls, label, name in lines]
    return charts.of_percent(series, [month_words(month, pgettext("short year and month", "n/y")) for month in months])


def _lead_chart(months):
    lines = (("a", _("Half of them within"), "worked_p50"), ("b", _("Nine of ten within"), "worked_p90"))
    series = [(cls, label, [getattr(counted, name) for counted in months.values()]) for cls, label, name in lines]
    names = [month_words(month, pgettext("short year and month", "n/y")) for month in months]
    return charts.of_lengths(series, names, goal=measures.TARGET.total_seconds(), words=wording.duration)


def _waits(waits):
    """The waits by role, by person and by reminder: `[(key, label, Waits, share of all time waited)]`, the longest first."""
    roles = _longest_first(waits["role"], lambda key: str(Role(key).label) if key in Role.values else key)
    most = dict(sorted(waits["person"].items(), key=lambda line: -line[1].worked_total)[:PEOPLE])
    people = Person.objects.in_bulk([int(key) for key in most])
    nudges = [(key, NUDGES[key], waits["nudge"][key]) for key in NUDGES if key in waits["nudge"]]
    return {
        "by_role": roles, "by_person": _longest_first(most, lambda key: people[int(key)].display), "by_nudge": nudges,
        "more_people": len(waits["person"]) - len(most),
    }  # fmt: skip


def _longest_first(found, label):
    total = sum(waited.worked_total for waited in found.values())
    ordered = sorted(found.items(), key=lambda line: (-line[1].worked_total, line[0]))
    return [(key, label(key), waited, 100 * waited.worked_total / total if total else 0) for key, waited in ordered]


def _backlog(scope, at):
    number, lines, past = measures.backlog(scope, at)
    return {"number": number, "past": past, "lines": [(status.label, status.value, count, oldest) for status, count, oldest in lines]}


@require_safe
def figure_rows(request, figure):
    """The rows behind one figure, 50 a page."""
    form, scope, at = _asked(request)
    table = TABLES.get(figure)
    if table is None:
        raise Http404
    asked = RowsForm(request.GET)
    chosen, page = asked.chosen(), asked.page_no
    rows = table.find(scope, at, chosen, (page - 1) * PAGE, PAGE + 1)
    here = {**scope.query, **chosen.query}
    context = {
        **_frame(form, scope, at), "table": table, "figure": figure, "rows": rows[:PAGE], "back": _url(scope),
        "download": f"{reverse('changes:figure_download', args=[figure])}?{urlencode(here)}",
        "previous_url": f"?{urlencode({**here, 'page': page - 1})}" if page > 1 else "",
        "next_url": f"?{urlencode({**here, 'page': page + 1})}" if len(rows) > PAGE else "",
    }  # fmt: skip
    return render(request, "changes/figure_rows.html", context)


@require_safe
def figure_download(request, figure):
    """All rows behind one figure as CSV: instants in ISO, lengths in seconds."""
    _form, scope, at = _asked(request)
    table = TABLES.get(figure)
    if table is None:
        raise Http404
    chosen = RowsForm(request.GET).chosen()
    lines = sheets.csv_lines(table, lambda first, most: table.find(scope, at, chosen, first, most))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    first, last = scope.query["from"], scope.query["to"]
    response["Content-Disposition"] = f'attachment; filename="changes-{figure}-{first}-{last}.csv"'
    return response
