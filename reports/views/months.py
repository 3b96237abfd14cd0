"""Months of figures: open, closed and sealed, and what would be counted otherwise since."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from changes.forms.figures import month_words
from changes.period import Period, lately
from itsm.core import clock, measures, paging
from reports import monthly, rules, services
from reports.models import Restatement
from reports.services.closing import sealed
from reports.views.rows import must_read
from reports.wording import value_words
from sla.attainment import month_named, previous

YEAR = 12
NEWEST = paging.Order()


@require_safe
def months(request):
    """Twelve months, the newest first: what each holds, whether it is closed, and what it would come to now."""
    must_read(request)
    at = clock.now()
    until = min(month_named(request.GET.get("to", "")) or lately(at, 1).last, lately(at, 1).last)
    period = Period(until, until).moved(1 - YEAR)
    listed = monthly.listed(Period(period.first, until), at)
    first = services.next_to_close() if not any(month.closed for month in listed) else None
    context = {
        "months": [(month, _compared(month, monthly.SHOWN)) for month in listed if month.facts or month.closed or month.first == until],
        "measures": [measures.named(key) for key in monthly.SHOWN], "may_close": rules.may_close(request.user), "at": at, "first": first,
        "next_url": f"?to={previous(period.first):%Y-%m}" if listed[-1].facts else "",
        "previous_url": reverse("reports:months") if "to" in request.GET else "",
    }  # fmt: skip
    return render(request, "reports/months.html", context)


def _compared(month, keys):
    """`[(measure, value, value as counted now or "")]` of a month."""
    again = {key: value_words(figure) for key, figure in month.again.items()}
    return [(measures.named(key), value_words(month.figures[key]), again.get(key, "")) for key in keys]


@require_safe
def month(request, key):
    """One month: its seal, computed again when somebody asks for it, and its restatements."""
    must_read(request)
    first, at = _named(key), clock.now()
    found = monthly.one(first, at)
    rows = Restatement.objects.filter(month=first).select_related("by", "record_type")
    page = paging.page(rows, NEWEST, request.GET.get("after", ""))
    context = {
        "month": found, "words": month_words(first), "compared": _compared(found, found.figures), "told": monthly.told(page.rows),
        "next_url": f"?after={page.next_cursor}" if page.next_cursor else "", "at": at,
        "previous_url": found.get_absolute_url() if "after" in request.GET else "", "may_close": rules.may_close(request.user),
        "verified": _verified(found) if "verify" in request.GET else None,
    }  # fmt: skip
    return render(request, "reports/month.html", context)


def _named(key):
    first = month_named(key)
    if first is None:
        raise Http404
    return first


def _verified(found):
    """Whether the facts of a closed month still bear its seal; None of an open one."""
    return sealed(found.first) == (found.closed.facts, found.closed.sha256) if found.closed else None


@require_POST
def month_close(request, key):
    """Close a month before it closes by itself."""
    must_read(request)
    closed = services.close_month(_named(key), by=request.user)
    words = {"month": month_words(closed.month), "facts": closed.facts}
    messages.success(request, _("%(month)s is closed: %(facts)s facts never change again.") % words)
    return redirect("reports:month", key)
