"""The service manager's dashboards."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from changes import period
from changes.forms.figures import month_words
from itsm.core import clock
from reports import change_tiles, rules, tiles
from reports.agreed import months_words
from reports.forms import ScopeForm, options
from reports.links import page_url
from reports.looking import Look, standing
from reports.scope import DIMENSIONS

TICKETS = ("customer", "service", "team", "priority")
CHANGES = ("tier", "category", "service")
"""What each dashboard may be narrowed by."""


def asked(request, narrowed_by):
    """`(form, scope, at)` of an address, for somebody who reads figures; what a page does not know is not narrowed by."""
    if not rules.may_read(request.user):
        raise PermissionDenied
    at = clock.now()
    form = ScopeForm(request.GET, at=at)
    scope = form.scope()
    nothing = {"customer": None, "service": None, "team": None, "priority": None, "tier": "", "category": ""}
    return form, scope.but(**{name: value for name, value in nothing.items() if name not in narrowed_by}), at


@require_safe
def sla(request):
    """Are we keeping our promises, where do we lose time, who needs help: each number leading to its rows."""
    form, scope, at = asked(request, TICKETS)
    by = request.GET.get("by")
    look = Look(scope, request.user, at, by if by in DIMENSIONS else "service", bool(request.GET.get("everything")))
    context = frame("reports:sla", form, scope, at, TICKETS, look.options) | {"tiles": tiles.drawn(look), "by": look.by}
    context |= {"export": page_url("reports:export", scope, by=look.by)}
    return render(request, "reports/sla.html", context)


@require_safe
def changes(request):
    """What waits for approval and where, how long it takes, and whether changes succeed."""
    form, scope, at = asked(request, CHANGES)
    by = request.GET.get("by")
    by = by if by in change_tiles.BY else "tier"
    context = frame("reports:changes", form, scope, at, CHANGES, options()) | {"tiles": change_tiles.drawn(scope, at, by), "by": by}
    context |= {"export": page_url("reports:changes_export", scope, by=by), "detailed": page_url("changes:figures", scope)}
    return render(request, "reports/changes.html", context)


def frame(name, form, scope, at, narrowed_by, choices):
    """What the head of a dashboard needs; one statement. `narrowed_by`: the fields beside the months."""
    filled = form.filled(scope, choices)
    owed, months = standing(scope)
    return {
        "fields": [filled[field] for field in ("from", "to", "against", *narrowed_by)], "scope": scope, "at": at, "bad": bool(form.errors),
        "words": months_words(scope.period), "compared": months_words(scope.before.period),
        "presets": _presets(name, scope, at), "chips": _chips(name, filled, scope, narrowed_by),
        "owed": owed, "closed": [month_words(month) for month, _restated in months],
        "restated": [month_words(month) for month, restated in months if restated], "months_url": reverse("reports:months"),
    }  # fmt: skip


def _presets(name, scope, at):
    """`[(words, address, is it)]` of periods that are often looked at."""
    now = period.lately(at, 1)
    lengths = [(_("This month"), now), (_("Last month"), now.moved(-1)), (_("3 months"), period.lately(at)),
               (_("12 months"), period.lately(at, 12))]  # fmt: skip
    return [(words, page_url(name, scope.but(period=chosen)), chosen == scope.period) for words, chosen in lengths]


def _chips(name, filled, scope, narrowed_by):
    """The filters in force, each with the address without it."""
    found = []
    for key in (key for key in (*narrowed_by, "against") if getattr(scope, key)):
        left = {other: kept for other, kept in scope.query.items() if other != key}
        value = getattr(scope, key)
        shown = str(value) if key in DIMENSIONS else months_words(scope.before.period) if key == "against" else _chosen(filled, key, value)
        found.append({"label": filled.fields[key].label, "value": shown, "remove_url": f"{reverse(name)}?{urlencode(left)}"})
    return found


def _chosen(filled, key, value):
    """A choice in words."""
    return dict(filled.fields[key].choices)[str(value)]
