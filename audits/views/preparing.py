"""Pages beside an audit: who audits an area, its agenda, its checklist, its guests."""

import dataclasses
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audits import audit_rules as rules
from audits import independence, known, services, suggesting, trend
from audits.audit_forms import AgendaForm, AnswerQuestionForm, AuditorForm, OverrideForm, QuestionForm
from audits.models import AgendaItem, AuditorTraining, MemberRole
from audits.views.auditing import found, frame, open_to_guests
from itsm.core import clock
from itsm.core.answers import once
from itsm.people.forms import attempt
from itsm.people.zones import company_day


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Somebody who could audit an area, and what ties them to it."""

    person: object
    ties: tuple
    is_now: bool
    is_trained: bool

    @property
    def is_blocked(self):
        return independence.is_blocked(self.ties)


def _area(request, number, pk):
    """`(audit, area)`, or 404."""
    shown = found(request, number)
    area = get_object_or_404(shown.areas.standing().select_related("process", "auditor__organisation"), pk=pk)
    area.audit = shown
    return shown, area


def _candidates(area, at):
    """The internal auditors and the team, independent ones first."""
    people = {person.pk: person for person in suggesting.auditors(at)}
    for member in area.audit.members.standing().exclude(role=MemberRole.GUEST).select_related("person__organisation"):
        people.setdefault(member.person_id, member.person)
    ties = services.ties_of(area, list(people.values()))
    trained = set(AuditorTraining.objects.valid(company_day(at)).filter(person__in=people).values_list("person", flat=True))
    rows = [Candidate(person, tuple(ties.get(pk, ())), pk == area.auditor_id, pk in trained) for pk, person in people.items()]
    return sorted(rows, key=lambda row: (row.is_blocked, len(row.ties), row.person.name))


@require_http_methods(["GET", "HEAD", "POST"])
def area_page(request, number, pk):
    """Who audits an area: candidates with what ties them, and choosing one."""
    shown, area = _area(request, number, pk)
    return _area_form(request, shown, area, AuditorForm, "auditor", lambda said: services.assign(area, by=request.user, **said))


@require_http_methods(["GET", "HEAD", "POST"])
def area_override(request, number, pk):
    """Top management lets somebody audit an area who is not independent of it."""
    shown, area = _area(request, number, pk)
    if not rules.may_approve_programmes(request.user):
        raise PermissionDenied
    return _area_form(request, shown, area, OverrideForm, "override", lambda said: services.override(area, by=request.user, **said))


def _area_form(request, shown, area, form_class, which, perform):
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            said = dict(form.cleaned_data)
            key = said.pop("request_key")
            if attempt(form, lambda: once(request.user, key, f"{which} {area.pk}", lambda: perform(said))):
                messages.success(request, _("%(area)s has its auditor.") % {"area": area.label})
                return redirect(shown)
    else:
        form = form_class(initial={"request_key": uuid.uuid4().hex, "auditor": area.auditor_id, "person": request.GET.get("person")})
    context = {
        "audit": shown, "area": area, "form": form, "which": which, "candidates": _candidates(area, clock.now()),
        "may_assign": shown.is_open and rules.may_arrange(request.user, shown), "may_allow": rules.may_approve_programmes(request.user),
    }  # fmt: skip
    return render(request, "audits/audit_area.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item(request, number, pk=None):
    """One entry of the agenda, new or changed."""
    shown = found(request, number)
    _must_change(request.user, shown)
    item = get_object_or_404(shown.agenda.standing(), pk=pk) if pk else None
    if request.method == "POST":
        form = AgendaForm(request.POST, audit=shown)
        if form.is_valid() and attempt(form, lambda: _on_agenda(shown, form, item, request.user)):
            return redirect(f"{shown.get_absolute_url()}#agenda")
    else:
        first = {name: getattr(item, name) for name in ("sort", "area", "starts_at", "ends_at", "auditee", "words")} if item else {}
        form = AgendaForm(initial={"request_key": uuid.uuid4().hex, **first}, audit=shown)
    return render(request, "audits/agenda_item.html", {"audit": shown, "item": item, "form": form}, status=422 if form.errors else 200)


def _on_agenda(shown, form, item, person):
    said = dict(form.cleaned_data)
    key = said.pop("request_key")
    return once(person, key, f"agenda {shown.number}", lambda: services.put_on_agenda(shown, by=person, item=item, **said))


def _must_change(person, shown):
    if not (shown.is_open and (rules.may_arrange(person, shown) or rules.may_audit_here(person, shown))):
        raise PermissionDenied


@require_POST
def agenda_drop(request, number, pk):
    """Take an entry off the agenda."""
    shown = found(request, number)
    services.take_off_agenda(get_object_or_404(AgendaItem.objects.standing(), audit=shown, pk=pk), by=request.user)
    return redirect(f"{shown.get_absolute_url()}#agenda")


@open_to_guests
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request, number):
    """The questions of an audit with the rules that test them and what was found; for the team, a form for each."""
    shown = found(request, number, guests=True)
    person = request.user
    may_answer = person.is_internal and shown.status == "in_progress" and rules.may_audit_here(person, shown)
    may_ask = person.is_internal and shown.is_open and (rules.may_arrange(person, shown) or rules.may_audit_here(person, shown))
    form = QuestionForm(request.POST if request.method == "POST" else None, audit=shown, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST":
        if not may_ask:
            raise PermissionDenied
        if form.is_valid() and (item := attempt(form, lambda: _asked(shown, form, person))):
            return redirect(f"{request.path}#q{item.no}")
    context = {
        "audit": shown, "rows": _questions(shown), "may_answer": may_answer, "may_ask": may_ask, "form": form, **frame(person),
        "results": AnswerQuestionForm.base_fields["result"].choices, "methods": AnswerQuestionForm.base_fields["method"].choices,
    }  # fmt: skip
    return render(request, "audits/audit_checklist.html", context, status=422 if form.errors else 200)


def _asked(shown, form, person):
    said = dict(form.cleaned_data)
    key = said.pop("request_key")
    return once(person, key, f"ask {shown.number}", lambda: services.ask(shown, by=person, **said))


def _questions(shown):
    """`[(item, [(rule, its last run or None)])]`."""
    items = list(shown.checklist.select_related("area__process", "auditor", "answered_by"))
    rules_, names = known.rules(), {name for item in items for name in item.rule_ids}
    runs = trend.lately(sorted(names), 1)
    return [(item, [(rules_[n], (runs[n] or [None])[-1]) for n in item.rule_ids if n in rules_]) for item in items]


@require_POST
def checklist_answer(request, number, no):
    """What was found to one question."""
    shown = found(request, number)
    item = get_object_or_404(shown.checklist, no=no)
    form = AnswerQuestionForm(request.POST)
    place = reverse("audits:audit_checklist", args=[shown.number])
    if form.is_valid() and attempt(form, lambda: services.answer_question(item, by=request.user, **form.cleaned_data)):
        return redirect(f"{place}#q{item.no}")
    for error in [error for errors in form.errors.values() for error in errors]:
        messages.error(request, error)
    return redirect(f"{place}#q{item.no}")


@require_POST
def guest_leave(request, number, pk):
    """A guest may not read it any more."""
    shown = found(request, number)
    services.see_off(get_object_or_404(shown.members.standing(), pk=pk, role=MemberRole.GUEST), by=request.user)
    return redirect(shown)
