"""What the lists of findings and of actions have in common: tabs, filters in the address, pages by keyset, download."""

import dataclasses
from collections.abc import Callable

from django.http import StreamingHttpResponse
from django.shortcuts import render

from audits import finding_rules as rules
from changes.sheets import csv_lines
from itsm.core import paging


@dataclasses.dataclass(frozen=True)
class Tab:
    """A saved question: `wanted(person, at)` is a Q."""

    key: str
    label: object
    wanted: Callable
    is_hot: bool = False


def chosen(tabs, request):
    """The tab of the address; without one the first, and for words the last, which has all."""
    asked = {tab.key: tab for tab in tabs}.get(request.GET.get("view", ""))
    return asked or tabs[-1 if request.GET.get("q") else 0]


def shown(request, *, rows, filter_class, tab, tabs, order, here, template, **more):
    """One page of a list. `rows`: those of the tab; `tabs`: `[(Tab, count)]`."""
    filters = filter_class(request.GET, queryset=rows)
    found = paging.page(filters.qs if filters.form.is_valid() else rows.none(), order, request.GET.get("after", ""))
    return drawn(request, filters=filters, found=found, tab=tab, tabs=tabs, here=here, template=template, **more)


def drawn(request, *, filters, found, tab, tabs, here, template, **more):
    """The same of a Page that was found already."""
    valid = filters.form.is_valid()
    context = {
        "filters": filters, "view": tab, "rows": found.rows, "chips": _chips(filters, here) if valid else [],
        "views": [_drawn(one, count, here, is_current=one is tab) for one, count in tabs],
        "next_url": _with(request, after=found.next_cursor) if found.next_cursor else "",
        "download": f"{here}download/{_with(request)}", "may_raise": rules.may_raise(request.user), **more,
    }  # fmt: skip
    return render(request, template, context)


def _drawn(tab, count, here, *, is_current):
    return {"label": tab.label, "url": f"{here}?view={tab.key}", "count": count, "is_current": is_current, "is_hot": tab.is_hot}


def _chips(filters, here):
    return [{"label": label, "value": value, "remove_url": f"{here}?{query}"} for _key, label, value, query in filters.chips()]


def _with(request, **more):
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in more.items():
        query[name] = value
    return f"?{query.urlencode()}"


def downloaded(request, *, rows, filter_class, order, sheet, name):
    """All rows of a list as CSV, as the filters of the address say."""
    filters = filter_class(request.GET, queryset=rows)
    ordered = (filters.qs if filters.form.is_valid() else rows.none()).order_by(*order.by())
    return as_csv(sheet, lambda first, most: ordered[first : first + most], name)


def as_csv(sheet, find, name):
    """Rows as CSV; `find(first, most)` gives some of them, asked in order."""
    lines = csv_lines(sheet, lambda first, most: [sheet.cells(row) for row in find(first, most)])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
