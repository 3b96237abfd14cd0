"""The rows behind every figure, their download, and what each measure means."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from changes.period import lately
from itsm.core import clock, measures
from reports import figures, listing, restated, rows, rules, sheets
from reports.forms import ScopeForm
from reports.links import incidents_url, page_url
from reports.scope import Scope
from reports.views.files import table_file
from reports.wording import GROUPS, PARTS, goal_words, lengths_of, value_words


def must_read(request):
    """Raise PermissionDenied for somebody of ours who may not read figures of the whole company."""
    if not rules.may_read(request.user):
        raise PermissionDenied


def _asked(request, key):
    """`(form, Listing, at)` of an address."""
    must_read(request)
    measure, at = measures.named(key), clock.now()
    if measure is None:
        raise Http404
    form = ScopeForm(request.GET, at=at)
    return form, listing.asked(request.GET, form.scope(), measure), at


@require_safe
def figure_rows(request, key):
    """The rows behind one figure, 50 a page, each with its live record; they are as many as the figure says."""
    form, asked, at = _asked(request, key)
    if asked.measure.is_live:
        overdue = {"overdue": "true"} if asked.part == "counted" else {}
        return redirect(incidents_url(asked.scope, **overdue))
    found, figure = asked.page(request.GET.get("after", "")), asked.figure()
    context = {
        **_head(asked, figure, at), "fields": _fields(form.filled(asked.scope), asked),
        "bad": bool(form.errors), "listing": asked, "at": at,
        "rows": rows.shown(asked, found.rows), "lengths": lengths_of(asked.measure), "is_first": "after" not in request.GET,
        "hidden": {**asked.narrow.query, **({"part": asked.part} if asked.part != "all" else {})},
        "next_url": _url(asked, after=found.next_cursor) if found.next_cursor else "",
        "previous_url": "" if "after" not in request.GET else _url(asked),
    }  # fmt: skip
    return render(request, "reports/rows.html", context)


def _fields(filled, asked):
    """What rows of this sort can be narrowed by."""
    narrowed_by = ("service", "tier", "category") if asked.is_of_changes else ("customer", "service", "team", "priority")
    if asked.is_of_records:
        narrowed_by = ()
    return [filled[name] for name in ("from", "to", *narrowed_by)]


def _head(asked, figure, at):
    """What stands above the rows: the measure, its value here, which part is listed, and what was picked out."""
    key = asked.measure.key
    again = restated.read(asked.looked_at, {"": {key: figure}}).get("", {}).get(key) if _is_whole(asked) else None
    number = listing.parts(asked, figure)
    return {
        "measure": asked.measure, "figure": figure, "value": value_words(figure), "goal": goal_words(asked.measure),
        "group": GROUPS.get(asked.measure.group, ""), "again": again and value_words(again), "number": number[asked.part],
        "scope_lines": [line for line in sheets.scope_lines(asked.scope, at) if line[1] is not at],
        "views": [_tab(asked, part, count) for part, count in number.items()] if len(number) > 1 else [],
        "chips": [_chip(asked, *line) for line in sheets.narrow_lines(asked)],
        "downloads": [(form.upper(), _url(asked, "reports:download", format=form)) for form in ("csv", "xlsx")],
        "back": _dashboard(asked),
    }  # fmt: skip


def _is_whole(asked):
    """Whether a figure is of whole months and every outcome, so that restatements can be put in."""
    return not (asked.narrow.outcome or asked.narrow.day or asked.narrow.week or asked.narrow.slot is not None)


def _tab(asked, part, count):
    return {"label": PARTS[part], "count": count, "url": _url(asked.but(part=part)), "is_current": part == asked.part}


def _chip(asked, key, label, value):
    left = asked.but(narrow=asked.narrow.but(**{key: "" if key == "outcome" else None}))
    return {"label": label, "value": value, "remove_url": _url(left)}


def _url(asked, name="reports:rows", **other):
    return f"{reverse(name, args=[asked.measure.key])}?{urlencode({**asked.query, **other})}"


def _dashboard(asked):
    """`(words, address)` of the dashboard that a figure stands on."""
    if found := measures.source(asked.measure.kind):
        return found.title, page_url(found.page, asked.scope)
    words, name = (_("Change dashboard"), "reports:changes") if asked.is_of_changes else (_("SLA dashboard"), "reports:sla")
    return words, page_url(name, asked.scope)


@require_safe
def download(request, key):
    """All rows behind one figure as a file for spreadsheets, however many there are."""
    _form, asked, at = _asked(request, key)
    if asked.measure.is_live:
        raise Http404
    base = f"{request.scheme}://{request.get_host()}"
    head, columns = sheets.rows_head(asked, asked.figure(), at), sheets.columns(asked)
    first, last = asked.scope.query["from"], asked.scope.query["to"]
    return table_file(request, f"{key}-{first}-{last}", head, columns, sheets.rows_of(asked, base))


@require_safe
def definitions(request):
    """Every measure: what it asks, counts and means, what it should reach, and what it comes to this month."""
    must_read(request)
    at = clock.now()
    scope = Scope(lately(at, 1))
    all_of_them = measures.every().values()
    found = figures.read(scope, list(all_of_them))[""]
    groups = {key: (label, []) for key, label in GROUPS.items()}
    for measure in all_of_them:
        rows_url = f"{reverse('reports:rows', args=[measure.key])}?{urlencode(scope.query)}"
        lines = groups.setdefault(measure.group, (measure.group, []))[1]
        lines.append((measure, value_words(found[measure.key]), goal_words(measure), found[measure.key].is_kept, rows_url))
    shown = [(label, lines) for label, lines in groups.values() if lines]
    return render(request, "reports/definitions.html", {"groups": shown, "month": scope.first, "at": at})
