"""The page of the promise check: try targets on real tickets, take them into the draft."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.models import Criticality
from sla import rules, services
from sla.advice import advice, uniform
from sla.forms import length_of
from sla.forms_check import CheckForm
from sla.models import Agreement, AgreementKind, AgreementVersion, Metric
from sla.replaying import HOURS_A_DAY, NICE_S
from sla.services.checking import CHECKED, FEWEST, WINDOW, WISHED, failed_tickets, grade_of, populations

PAGE = 50
HEAT_FROM, AXIS_HOURS = (0, 5, 20, 40, 70), 3


@require_safe
@vary_on_headers("HX-Request")
def version_check(request, pk, no):
    """What the last 90 days would have made of a version's targets, or of others that are tried."""
    version = _version(request, pk, no)
    return _answer(request, version, CheckForm(version, request.GET))


@require_POST
def version_check_take(request, pk, no):
    """Put the tried targets into the draft."""
    if not rules.may_keep_agreements(request.user):
        raise PermissionDenied
    version = _version(request, pk, no)
    form = CheckForm(version, request.POST)
    if form.errors:
        return _answer(request, version, form)
    services.take_targets(version, by=request.user, seconds=form.tried())
    messages.success(request, _("The targets are in the draft. It binds nobody until it is published."))
    return redirect(f"{version.agreement.get_absolute_url()}?version={version.no}")


@require_safe
def version_check_summary(request, pk, no):
    """A line for each criticality: what would have been met."""
    version = _version(request, pk, no)
    found = services.check(version)
    lines = [
        (Criticality(tier).label, [_total(metric, judged) for metric, judged in held.items()]) for tier, held in found.totals().items()
    ]
    return render(request, "sla/_check_summary.html", {"agreement": version.agreement, "version": version, "check": found, "lines": lines})


def _version(request, pk, no):
    """The version of a customer's agreement that the reader may see, with its targets; else 404."""
    customers = Agreement.objects.visible_to(request.user).filter(kind=AgreementKind.CUSTOMER)
    shown = AgreementVersion.objects.filter(agreement__in=customers).select_related("agreement__customer", "agreement__service")
    return get_object_or_404(shown.prefetch_related("targets"), agreement=pk, no=no)


def _answer(request, version, form):
    found = services.check(version, population=form.whose, seconds=form.tried(), wished=form.wish)
    context = _context(request, version, form, found)
    template = "sla/_check.html" if request.htmx else "sla/check.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _context(request, version, form, found):
    counts = {} if request.htmx else populations(version.agreement, found.sample.at)
    only = next((key for key, name in form.names.items() if name == request.GET.get("only")), None)
    page = Paginator(found.failures(only), PAGE).get_page(request.GET.get("page"))
    asked = {name: form[name].value() for name in form.fields}
    keeps = rules.may_keep_agreements(request.user)
    return {
        "agreement": version.agreement, "version": version, "form": form, "check": found, "counts": counts,
        "tiers": _tiers(form, found), "whose": _whose(form, counts), "few": found.sample.tickets < FEWEST, "fewest": FEWEST,
        "days": WINDOW.days, "since": found.sample.at - WINDOW, "advice": advice(found), "uniform": uniform(found),
        "heats": _heats(found), "legend": _legend(), "page": page, "failed": failed_tickets(page.object_list),
        "only_name": form.names.get(only, ""), "only_label": form[form.names[only]].label if only else "", "query": urlencode(asked),
        "may_take": keeps and version.is_draft and form.changes() and not form.errors,
        "steps": ",".join(map(str, NICE_S)), "tried": [(n, form[n].value()) for n in form.names.values()],
    }  # fmt: skip


def _whose(form, counts):
    """`[(radio, tickets)]` of the populations on offer."""
    return [(radio, counts.get(radio.data["value"], 0)) for radio in form["population"]]


def _tiers(form, found):
    """`[(tier label, [line])]`: what the table draws of every target."""
    tiers = {}
    for row in found.rows:
        before = tiers.setdefault(row.tier, [])
        first = not before or before[-1]["row"].priority != row.priority
        before.append({
            "row": row, "name": form.names[row.key], "field": form[form.names[row.key]], "step": form.step_of(row.key), "first": first,
            "label": Metric(row.metric).label, "better": length_of(row.better_s) if row.better_s else "",
            "gap": max(0, float(found.wished) - row.judged.share) if row.judged.decided else None,
        })  # fmt: skip
    return [(Criticality(tier).label, lines) for tier, lines in tiers.items()]


def _heats(found):
    """One map for each metric that was tested: by priority and hour of contact how many would have failed."""
    held = [(Metric(metric).label, found.heat(metric)) for metric in CHECKED]
    return [_heat(label, heat) for label, heat in held if any(decided for hours in heat.values() for _failed, decided in hours)]


def _heat(label, heat):
    rows = [(priority, [_cell(hour, *told) for hour, told in enumerate(hours)]) for priority, hours in heat.items()]
    table = [(hour, [cells[hour] for _priority, cells in rows]) for hour in range(HOURS_A_DAY)]
    return {"label": label, "rows": rows, "table": table}


def _cell(hour, failed, decided):
    """One hour of the strip: its colour from 0 to 5 by the share that would have failed, "none" without tickets."""
    share = 100 * failed / decided if decided else None
    level = sum(share > mark for mark in HEAT_FROM) if decided else "none"
    x = round(hour * 100 / HOURS_A_DAY, 3)
    return {"hour": hour, "failed": failed, "decided": decided, "level": level, "x": x, "axis": hour % AXIS_HOURS == 0}


def _legend():
    """`[(colour, words)]` of the map."""
    bounds = [*HEAT_FROM[1:], 100]
    return [("none", _("no ticket")), (0, _("none failed")), *((no, _("to %(share)s %%") % {"share": b}) for no, b in enumerate(bounds, 1))]


def _total(metric, judged):
    return {"label": Metric(metric).label, "share": judged.share, "decided": judged.decided, "grade": grade_of(judged, WISHED)}
