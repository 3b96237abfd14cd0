"""Pages of processes: the clauses and the processes as two mapped views, one process with its owners, and naming them."""

import dataclasses
import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import access, framework, known, services, trend
from audits.forms import OwnerForm
from audits.models import Process, ProcessOwner
from audits.views.results import Line, must_read
from itsm.core import clock
from itsm.core.answers import once
from itsm.core.errors import Refused
from itsm.people.zones import company_day

BY_PROCESS, BY_CLAUSE, GAPS = "process", "clause", "gaps"
VIEWS = {BY_PROCESS: gettext_lazy("By process"), BY_CLAUSE: gettext_lazy("By clause"), GAPS: gettext_lazy("Gaps")}


@dataclasses.dataclass(frozen=True)
class Row:
    """A process in a list: who owns it today, how many rules test it, and what it lacks, as sentences."""

    process: framework.Process
    held: ProcessOwner | None
    rules: int
    failing: int

    @property
    def gaps(self):
        return [str(sentence) for sentence, lacks in self._asked() if lacks]

    def _asked(self):
        held = self.held
        return (
            (_("Nobody owns it."), held is None),
            (_("Its owner has left."), held is not None and not held.owner.is_active),
            (_("It has no deputy who is still here."), held is not None and not (held.deputy and held.deputy.is_active)),
            (_("It is not on the list of thirteen that companies copy."), not self.process.listed),
            (_("No rule tests it yet."), not self.rules),
        )


def rows_at(at):
    """A Row for every process, in the framework's order; four queries."""
    owners = {held.process.code: held for held in ProcessOwner.objects.current(at).select_related("process", "owner", "deputy")}
    rules = known.rules()
    runs = trend.lately(rules, 1)
    by_process = {}
    for rule in rules.values():
        by_process.setdefault(rule.process, []).append(bool(runs[rule.id] and runs[rule.id][-1].failed))
    return [
        Row(process, owners.get(code), len(by_process.get(code, ())), sum(by_process.get(code, ())))
        for code, process in framework.processes().items()
    ]


@require_safe
def process_list(request):
    """Every process with owner and deputy; or every clause with the processes that live there; or what is missing."""
    must_read(request)
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else BY_PROCESS
    rows = rows_at(clock.now())
    lacking = [row for row in rows if row.gaps]
    tabs = [(key, label, len(lacking) if key == GAPS else None) for key, label in VIEWS.items()]
    context = {
        "rows": lacking if view == GAPS else rows, "view": view, "edition": framework.edition(),
        "clauses": _clauses(rows) if view == BY_CLAUSE else [],
        "views": [{"label": label, "url": f"?view={key}", "is_current": key == view, "count": count} for key, label, count in tabs],
    }  # fmt: skip
    return render(request, "audits/process_list.html", context)


def _clauses(rows):
    """`[(Clause, rows of the processes that live there, ids of the rules that test it)]`."""
    tests = {}
    for rule in known.rules().values():
        tests.setdefault(rule.clause, []).append(rule.id)
    living = {number: [row for row in rows if number in row.process.clauses] for number in framework.clauses()}
    return [(clause, living[number], tests.get(number, [])) for number, clause in framework.clauses().items()]


def _found(request, code):
    """`(what the framework says, the row)` of a process, or 404."""
    must_read(request)
    told = framework.processes().get(code)
    if told is None:
        raise Http404
    return told, get_object_or_404(Process.objects.complete(), code=code)


@require_safe
def process_page(request, code):
    """One process: its clauses and questions, everybody who ever owned it, and the rules that test it."""
    told, process = _found(request, code)
    at = clock.now()
    rules = {name: rule for name, rule in known.rules().items() if rule.process == code}
    runs = trend.lately(rules, 15)
    owners = list(process.owners.standing().select_related("owner", "deputy", "named_by").order_by("-valid"))
    context = {
        "told": told, "process": process, "clauses": [framework.clauses()[number] for number in told.clauses], "owners": owners,
        "today": company_day(at), "held": next((held for held in owners if _holds(held, company_day(at))), None),
        "lines": [Line(rule, runs[name]) for name, rule in rules.items()], "may_name": access.may_name_owners(request.user),
    }  # fmt: skip
    return render(request, "audits/process.html", context)


def _holds(held, day):
    return (held.first_on is None or held.first_on <= day) and (held.last_on is None or day <= held.last_on)


@require_http_methods(["GET", "HEAD", "POST"])
def process_owner(request, code):
    """Name who owns a process from a day on."""
    told, process = _found(request, code)
    services.processes.must_name(request.user)
    form = OwnerForm(request.POST if request.method == "POST" else None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid() and _named(form, process, request.user):
        messages.success(request, _("%(process)s has its owner.") % {"process": told.label()})
        return redirect(process)
    context = {"told": told, "process": process, "form": form}
    return render(request, "audits/process_owner.html", context, status=422 if form.errors else 200)


def _named(form, process, person):
    details = dict(form.cleaned_data)
    key = details.pop("request_key")
    try:
        return once(person, key, f"name owner {process.code}", lambda: services.name_owner(process, by=person, **details))
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None
