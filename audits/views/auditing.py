"""Pages of audits: the list, planning one, its own page, and what it found."""

import functools
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import audit_rules as rules
from audits import audit_timeline, finding_sheets, paper_desk, services
from audits.acts import buttons
from audits.audit_acts import AUDIT_ACTS
from audits.audit_filters import AuditFilter
from audits.audit_forms import AuditForm
from audits.models import Audit, AuditStatus, MemberRole
from audits.models.audit import OPEN
from audits.stepper import audit_stages
from audits.views import listing
from audits.views.acting import act_on
from audits.views.listing import Tab
from itsm.core import clock, paging
from itsm.core.answers import once
from itsm.people.doors import open_to_everybody
from itsm.people.forms import attempt
from itsm.people.models import Role
from itsm.people.zones import company_day

NEWEST = paging.Order()
TABS = (
    Tab("open", pgettext_lazy("audits", "Open"), lambda person: Q(status__in=OPEN)),
    Tab("mine", gettext_lazy("Mine"), lambda person: Q(pk__in=_joined(person))),
    Tab("followed", gettext_lazy("Followed up"), lambda person: Q(status__in=[AuditStatus.REPORTED, AuditStatus.FOLLOW_UP])),
    Tab("all", gettext_lazy("All"), lambda person: Q()),
)
WHOLE = ("audits/guest_frame.html", "base.html")
PLANNED = ("title", "sort", "programme", "lead", "starts_on", "ends_on", "period_from", "period_until", "methods", "scope", "criteria")


def _joined(person):
    return Audit.objects.filter(members__person=person, members__dropped_at=None).exclude(status=AuditStatus.CANCELLED).values("pk")


def open_to_guests(view):
    """Mark a view that auditors from outside may see too; for everybody else who is not one of us it does not exist. Outermost."""

    @functools.wraps(view)
    def opened(request, **places):
        if not (request.user.is_internal or request.user.has_role(Role.EXTERNAL_AUDITOR)):
            raise Http404
        return view(request, **places)

    return open_to_everybody(opened)


def frame(person):
    """The frame of a page: ours, or the bare one that a guest gets."""
    return {"page": WHOLE[person.is_internal], "is_ours": person.is_internal}


@open_to_guests
@require_safe
def audit_list(request):
    """One view of the audits, filtered as the address says; for a guest those they may read; for anybody else nothing is here."""
    person = request.user
    if not person.is_internal:
        return _guests_list(request)
    tab, here = listing.chosen(TABS, request), reverse("audits:audits")
    tabs = [t for t in TABS if t.key != "all"]
    found = Audit.objects.order_by().aggregate(**{t.key: Count("id", filter=t.wanted(person)) for t in tabs})
    return listing.shown(
        request, rows=_rows(request, tab), filter_class=AuditFilter, tab=tab, tabs=[(t, found.get(t.key)) for t in TABS], order=NEWEST,
        here=here, template="audits/audit_list.html", may_plan=rules.may_plan_audits(person), today=company_day(clock.now()),
    )  # fmt: skip


def _guests_list(request):
    rows = list(Audit.objects.visible_to(request.user).listed().order_by("-id"))
    if not rows:
        raise Http404
    return render(request, "audits/guest_list.html", {"rows": rows, **frame(request.user)})


def _rows(request, tab):
    return Audit.objects.visible_to(request.user).filter(tab.wanted(request.user)).listed()


@require_safe
def audit_download(request):
    """The same rows as CSV."""
    rows = _rows(request, listing.chosen(TABS, request))
    return listing.downloaded(request, rows=rows, filter_class=AuditFilter, order=NEWEST, sheet=finding_sheets.AUDITS, name="audits")


@require_http_methods(["GET", "HEAD", "POST"])
def audit_new(request):
    """Plan an audit."""
    person = request.user
    if not rules.may_plan_audits(person):
        raise PermissionDenied
    if request.method == "POST":
        form = AuditForm(request.POST)
        if form.is_valid() and (audit := attempt(form, lambda: _planned(form, person))):
            messages.success(request, _("%(audit)s is planned. Now say who audits what.") % {"audit": audit.shown_number})
            return redirect(audit)
    else:
        given = {name: request.GET.getlist(name) for name in ("processes", "clauses") if name in request.GET}
        first = {**AuditForm.proposed(person, company_day(clock.now())), "programme": request.GET.get("programme"), **given}
        form = AuditForm(initial={"request_key": uuid.uuid4().hex, **first})
    return render(request, "audits/audit_new.html", {"form": form, "audit": None}, status=422 if form.errors else 200)


def _planned(form, person):
    said = form.cleaned_data
    fields = {name: said[name] for name in PLANNED}

    def perform():
        return services.plan_audit(by=person, processes=services.processes_named(said["processes"]), clauses=said["clauses"], **fields)

    return once(person, said["request_key"], "plan audit", perform)


def found(request, number, *, guests=False):
    """The audit of this number, if the person may see it; otherwise 404. Guests get through where a page says so."""
    if not (guests or request.user.is_internal):
        raise Http404
    rows = Audit.objects.visible_to(request.user).select_related("lead", "programme", "planned_by", "issued")
    return get_object_or_404(rows, number=number)


@open_to_guests
@require_safe
def audit(request, number):
    """One audit: its plan, who audits what and whether they are independent, agenda, what it found, what is next."""
    shown = found(request, number, guests=True)
    at, person = clock.now(), request.user
    acts, refused = buttons(shown, person, AUDIT_ACTS) if person.is_internal else ([], [])
    members = list(shown.members.standing().select_related("person__organisation").order_by("id"))
    context = {
        "audit": shown, "stages": audit_stages(shown), "acts": acts, "refused": refused, "areas": _areas(shown), **frame(person),
        "team": [member for member in members if member.role != MemberRole.GUEST],
        "guests": [member for member in members if member.role == MemberRole.GUEST],
        "agenda": shown.agenda.standing().select_related("area__process", "auditee"), "counts": _counts(shown),
        "samples": paper_desk.samples_of(shown), "may_draw": rules.may_audit_here(person, shown) and shown.is_open,
        "findings": shown.findings.select_related("auditee").order_by("number"), "today": company_day(at),
        "timeline": audit_timeline.timeline(shown) if person.is_internal else [],
        "may_change": shown.is_open and (rules.may_arrange(person, shown) or rules.may_audit_here(person, shown)),
        "may_arrange": rules.may_arrange(person, shown), "may_audit": rules.may_audit_here(person, shown),
    }  # fmt: skip
    return render(request, "audits/audit.html", context)


def _counts(shown):
    """How far the checklist is answered."""
    return shown.checklist.aggregate(
        total=Count("id"), answered=Count("id", filter=~Q(result="open")), bad=Count("id", filter=Q(result="not_conforming"))
    )


def _areas(shown):
    """`[(area, ties that block, ties that warn, override or None)]`."""
    overrides = {(one.area_id, one.person_id): one for one in shown.overrides.select_related("person", "reviewer", "by")}
    rows, areas = [], list(shown.areas.standing().select_related("process", "auditor__organisation"))
    found = services.team_ties(shown, areas) if shown.is_open else {}
    for area in areas:
        ties = found.get(area.pk, [])
        blocking = [tie for tie in ties if tie.blocks]
        allowed = overrides.get((area.pk, area.auditor_id))
        rows.append((area, [] if allowed else blocking, [tie for tie in ties if not tie.blocks], allowed))
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def audit_edit(request, number):
    """Change the plan, and what is covered."""
    shown, person = found(request, number), request.user
    if not (shown.is_open and rules.may_arrange(person, shown)):
        raise PermissionDenied
    if request.method == "POST":
        form = AuditForm(request.POST)
        if form.is_valid() and attempt(form, lambda: _changed(shown, form, person)):
            messages.success(request, _("%(audit)s is changed.") % {"audit": shown.shown_number})
            return redirect(shown)
    else:
        form = AuditForm(initial={"request_key": uuid.uuid4().hex, **_as_planned(shown)})
    return render(request, "audits/audit_new.html", {"form": form, "audit": shown}, status=422 if form.errors else 200)


def _as_planned(shown):
    areas = shown.areas.standing().select_related("process")
    covered = {
        "processes": [area.process.code for area in areas if area.process_id], "clauses": [area.clause for area in areas if area.clause]
    }  # fmt: skip
    return {name: getattr(shown, name) for name in PLANNED} | covered


def _changed(shown, form, person):
    said = form.cleaned_data
    fields = {name: said[name] for name in PLANNED if said[name] != getattr(shown, name)}

    def perform():
        if fields:
            services.edit_audit(shown, by=person, **fields)
        done = services.cover(shown, by=person, processes=services.processes_named(said["processes"]), clauses=said["clauses"])
        return services.recheck(done, by=None)

    return once(person, said["request_key"], f"edit {shown.shown_number}", perform)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_act(request, number, name):
    """A verb of an audit."""
    return act_on(request, found(request, number), AUDIT_ACTS, name)


@open_to_guests
@require_safe
def audit_findings(request, number):
    """What the audit found, in full."""
    shown = found(request, number, guests=True)
    rows = shown.findings.select_related("auditee", "raised_by").order_by("number")
    return render(request, "audits/audit_findings.html", {"audit": shown, "rows": rows, **frame(request.user)})
