"""Pages of agreements and of how they were kept."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.core import clock, ui
from itsm.core.errors import Refused
from itsm.people.zones import company_day
from sla import agreement_page, listing, rules, services
from sla import attainment as months
from sla.filters import AttainmentFilter
from sla.forms import AgreementForm, DecisionForm, NegotiationForm, VersionForm
from sla.models import Agreement, AgreementKind, AgreementVersion, Clock, Outcome, VersionStatus
from sla.services.recipients import records_of
from sla.sheets import ledger_csv
from sla.stages import HUES, Stage

PAGE = 50


@require_safe
def agreement_list(request):
    """Every agreement of a kind with the version in force, by name; narrowed to a stage and paged."""
    at = clock.now()
    kind = request.GET.get("kind") if request.GET.get("kind") in AgreementKind.values else AgreementKind.CUSTOMER
    stage = request.GET.get("stage") if request.GET.get("stage") in listing.STAGES else ""
    rows = listing.at_stage(listing.agreements(request.user, at).filter(kind=kind), stage)
    rows = rows.select_related("customer", "team", "supplier", "service").order_by("customer__name", "name", "id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    here, counts = f"?kind={kind}&stage={stage}", listing.counts_by_stage(request.user, kind, at)
    context = {
        "page": page, "agreements": page.object_list, "kind": kind, "stage": stage, "views": _tabs(request.user, kind),
        "stages": [(value, Stage(value).label, counts[value]) for value in listing.STAGES], "labels": dict(Stage.choices), "hues": HUES,
        "previous_url": f"{here}&page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"{here}&page={page.next_page_number()}" if page.has_next() else "",
        "may_keep": rules.may_keep_agreements(request.user),
    }  # fmt: skip
    return render(request, "sla/agreement_list.html", context)


def _tabs(person, kind):
    """The tabs of the list: with customers, with our own teams, with suppliers."""
    counts = listing.counts_by_kind(person)
    return [
        {"label": label, "url": f"?kind={value}", "count": counts[value], "is_current": value == kind}
        for value, label in (
            (AgreementKind.CUSTOMER, _("Customers")), (AgreementKind.INTERNAL, _("Internal")), (AgreementKind.SUPPLIER, _("Suppliers")),
        )
    ]  # fmt: skip


@require_safe
def agreement(request, pk):
    """One agreement: the chosen version's life, targets and terms, what changed against another, and every version."""
    found, at = _found(request, pk), clock.now()
    rows = agreement_page.versions_of(found, at)
    chosen = next((row for row in rows if str(row[0].no) == request.GET.get("version")), rows[0])
    earlier = next((row for row in rows if row[0].no < chosen[0].no), None)
    against = next((row for row in rows if str(row[0].no) == request.GET.get("with") and row is not chosen), earlier)
    may_keep = rules.may_keep_agreements(request.user) and not found.ended_at
    may_apply = may_keep and chosen[1] == Stage.IN_FORCE and any(row[0].no < chosen[0].no for row in rows)
    context = agreement_page.shown(chosen, against) | {
        "agreement": found,
        "rows": rows,
        "may_keep": may_keep,
        "may_apply": may_apply,
        "at": at,
        "parts": ui.panels_for(chosen[0], request.user, "main"),
        "side": ui.panels_for(found, request.user),
    }
    if may_keep and chosen[0].is_draft:
        context |= agreement_page.still_open(chosen[0], at) | {"talk": _talk(chosen[0])}
    return render(request, "sla/agreement.html", context)


def _talk(version):
    """An empty line of the negotiation; after the customer asked for something, it begins with their words."""
    last = version.negotiations.order_by("seq").last()
    asked = last if last and not last.able else None
    return NegotiationForm(initial={"about": asked.about, "wanted": asked.wanted} if asked else None)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_add(request):
    """A new agreement; its first draft follows."""
    _must_keep(request)
    kind = request.GET.get("kind") if request.GET.get("kind") in AgreementKind.values else AgreementKind.CUSTOMER
    form = AgreementForm(request.POST or None, kind=AgreementKind(kind))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_agreement(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return redirect("sla:version_edit", made.pk)
    context = {"form": form, "kind": AgreementKind(kind), "kinds": AgreementKind.choices}
    return render(request, "sla/agreement_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def version_edit(request, pk):
    """Write the draft of an agreement; the first visit makes it, and one that is offered is taken back first."""
    _must_keep(request)
    found = _found(request, pk)
    draft = services.draft_version(found, by=request.user)
    if draft.status != VersionStatus.DRAFT:
        return render(request, "sla/version_taken_back.html", {"agreement": found, "version": draft}, status=_seen(request))
    form = VersionForm(request.POST or None, version=draft)
    if request.method == "POST" and form.is_valid():
        services.save_draft(draft, by=request.user, **form.terms())
        messages.success(request, _("The draft is saved. It binds nobody until it is accepted or published."))
        return redirect(draft)
    context = {"form": form, "agreement": found, "version": draft}
    return render(request, "sla/version_form.html", context, status=422 if form.errors else 200)


def _seen(request):
    return 409 if request.method == "POST" else 200


@require_POST
def version_offer(request, pk, no):
    """Send a draft to the customer's representatives."""
    version = _version(request, pk, no)
    version = services.offer_version(version, by=request.user, risks_accepted=_decision(request)["risks_accepted"])
    messages.success(request, _("Version %(no)s is offered. The representatives get a mail with a link.") % {"no": version.no})
    return redirect(version)


@require_POST
def version_withdraw(request, pk, no):
    """Take an offer back, to write it anew."""
    version = services.withdraw_version(_version(request, pk, no), by=request.user)
    messages.success(request, _("The offer is taken back. Its links open nothing any more."))
    return redirect("sla:version_edit", version.agreement_id)


@require_POST
def version_negotiate(request, pk, no):
    """Write down a line of the negotiation."""
    version, form = _version(request, pk, no), NegotiationForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Write what it is about and what the customer wants."), code="incomplete")
    services.negotiate_version(version, by=request.user, **form.cleaned_data)
    return redirect(version)


@require_POST
def version_publish(request, pk, no):
    """Put what was agreed outside in force from its day on."""
    version = services.publish_version(_version(request, pk, no), by=request.user, **_decision(request))
    messages.success(request, _("Version %(no)s is published.") % {"no": version.no})
    return redirect(version)


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


def _version(request, pk, no):
    """The version somebody who keeps agreements acts on."""
    _must_keep(request)
    return get_object_or_404(AgreementVersion.objects.select_related("agreement"), agreement=_found(request, pk), no=no)


def _decision(request):
    """The words that come with an offer or a publication."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Refused(_("These words can't be kept. Write at most 5,000 characters."), code="unreadable")
    return form.cleaned_data


def _found(request, pk):
    parties = ("customer", "team", "supplier", "service__team")
    return get_object_or_404(Agreement.objects.visible_to(request.user).select_related(*parties), pk=pk)


def _must_keep(request):
    if not rules.may_keep_agreements(request.user):
        raise PermissionDenied
