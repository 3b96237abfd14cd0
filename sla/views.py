"""Pages of agreements and of how they were kept."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import Criticality
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.people.zones import company_day
from sla import attainment as months
from sla import rules, services
from sla.filters import AttainmentFilter
from sla.forms import AgreementForm, VersionForm
from sla.models import Agreement, AgreementVersion, Clock, Outcome
from sla.services.agreements import publish_refusals
from sla.services.promises import STARTED
from sla.services.recipients import records_of
from sla.sheets import ledger_csv

PAGE = 50


@require_safe
def agreement_list(request):
    """Every agreement with the version in force, by customer."""
    at, ended = clock.now(), request.GET.get("ended") == "1"
    versions = AgreementVersion.objects.filter(agreement=OuterRef("pk"))
    in_force = versions.filter(published_at__isnull=False, effective_from__lte=at).order_by("-effective_from")
    shown = Agreement.objects.visible_to(request.user).filter(ended_at__isnull=not ended).select_related("customer", "service").annotate(
        in_force=Subquery(in_force.values("no")[:1]), imported=Subquery(in_force.values("imported")[:1]),
        has_draft=Exists(versions.filter(published_at=None)),
    )  # fmt: skip
    context = {"agreements": shown.order_by("customer__name", "name"), "ended": ended, "may_keep": rules.may_keep_agreements(request.user)}
    return render(request, "sla/agreement_list.html", context)


@require_safe
def agreement(request, pk):
    """One agreement: the chosen version's targets and terms, and every version."""
    found = _found(request, pk)
    versions = list(found.versions.select_related("published_by"))
    chosen = next((v for v in versions if str(v.no) == request.GET.get("version")), versions[0])
    chosen.agreement = found
    at = clock.now()
    context = {
        "agreement": found, "versions": versions, "version": chosen, "table": _table(chosen), "reasons": _reasons(chosen),
        "refusals": publish_refusals(chosen, at) if chosen.is_draft else [], "may_keep": rules.may_keep_agreements(request.user), "at": at,
    }  # fmt: skip
    return render(request, "sla/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_add(request):
    """A new agreement; its first draft follows."""
    _must_keep(request)
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_agreement(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return redirect("sla:version_edit", made.pk)
    return render(request, "sla/agreement_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def version_edit(request, pk):
    """Write the draft of an agreement; the first visit makes it."""
    _must_keep(request)
    found = _found(request, pk)
    draft = services.draft_version(found, by=request.user)
    form = VersionForm(request.POST or None, version=draft)
    if request.method == "POST" and form.is_valid():
        services.save_draft(draft, by=request.user, **form.terms())
        messages.success(request, _("The draft is saved. It binds nobody until it is published."))
        return redirect(found)
    context = {"form": form, "agreement": found, "version": draft}
    return render(request, "sla/version_form.html", context, status=422 if form.errors else 200)


@require_POST
def version_publish(request, pk, no):
    """Put a draft in force from its day on."""
    _must_keep(request)
    version = get_object_or_404(AgreementVersion.objects.select_related("agreement"), agreement=_found(request, pk), no=no)
    services.publish_version(version, by=request.user)
    messages.success(request, _("Version %(no)s is published.") % {"no": version.no})
    return redirect(version.agreement)


@require_POST
def agreement_end(request, pk):
    """End an agreement; running clocks keep their promise."""
    _must_keep(request)
    return redirect(services.end_agreement(_found(request, pk), by=request.user))


@require_safe
def attainment(request):
    """A month's verdicts, raw and with the excused apart, and the clocks behind every figure with their records."""
    if not rules.may_read_attainment(request.user):
        raise PermissionDenied
    at, asked = clock.now(), request.GET.get("month", "")
    month = months.month_named(asked) or company_day(at).replace(day=1)
    since, until = months.bounds(month)
    chosen = AttainmentFilter(request.GET, months.decided(request.user, since, until).select_related("customer"))
    page = Paginator(chosen.qs.order_by("-decided_at", "-id"), PAGE).get_page(request.GET.get("page"))
    customers, inside = months.kept(request.user, since, until)
    context = _month(month, at) | {
        "customers": customers, "inside": inside, "unpromised": months.unpromised(request.user, since, until), "at": at,
        "unknown": asked if asked and not months.month_named(asked) else "", "page": page, "rows": _decided(page), "chosen": chosen,
        "outcomes": Outcome.choices, "kept_query": _without_page(request.GET),
    }  # fmt: skip
    return render(request, "sla/attainment.html", context)


def _month(month, at):
    """The month shown and its neighbours; none that has not begun."""
    after = months.following(month)
    return {
        "month": month,
        "month_key": f"{month:%Y-%m}",
        "before": months.previous(month),
        "after": after if months.bounds(after)[0] <= at else None,
    }


def _decided(page):
    """`[(clock, what its record says of itself)]` of a page of clocks."""
    records = records_of(page.object_list)
    return [(found, record.sla_subject()) for found in page if (record := records.get((found.content_type_id, found.object_id)))]


def _without_page(asked):
    """The address's query without its page."""
    kept = asked.copy()
    kept.pop("page", None)
    return kept.urlencode()


@require_safe
def clock_ledger(request, pk):
    """One clock's whole ledger as a CSV file."""
    named = Clock.objects.visible_to(request.user).select_related("agreement_version__agreement", "calendar_version__calendar")
    found = get_object_or_404(named, pk=pk, target_s__isnull=False)
    subject = found.record.sla_subject()
    told = ledger_csv(services.accounts([found])[found.pk], subject)
    response = HttpResponse("\ufeff" + told, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{subject.number}-{found.metric}-{found.cycle}.csv"'
    return response


def _table(version):
    """`[(tier label, priority, {metric: seconds}, calendar)]` of a version's targets."""
    held = {(t.tier, t.priority, t.metric): t for t in version.targets.select_related("calendar")}
    cells = sorted({(tier, priority) for tier, priority, _metric in held})
    return [
        (Criticality(tier).label, priority, [found.seconds if (found := held.get((tier, priority, m))) else None for m in STARTED],
         next(t.calendar for t in held.values() if (t.tier, t.priority) == (tier, priority)))
        for tier, priority in cells
    ]  # fmt: skip


def _reasons(version):
    words = dict(VersionForm.base_fields["pause_reasons"].choices)
    return [words.get(reason, reason) for reason in version.pause_reasons]


def _found(request, pk):
    return get_object_or_404(Agreement.objects.visible_to(request.user).select_related("customer", "service"), pk=pk)


def _must_keep(request):
    if not rules.may_keep_agreements(request.user):
        raise PermissionDenied
