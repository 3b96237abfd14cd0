"""Pages of samples and working papers: drawing, drawing again to check, reading record by record."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audits import paper_desk, paper_rules, papers, populations, services
from audits.models import Audit, Sample, SampleItem
from audits.paper_acts import ACTS
from audits.paper_forms import AssignForm, DrawForm, EvidenceForm, PaperFindingForm
from audits.views.auditing import frame, open_to_guests
from itsm.core import clock
from itsm.core.answers import once


def _audit(request, number):
    return get_object_or_404(Audit.objects.visible_to(request.user).select_related("lead"), number=number)


def _sample(request, number, no):
    rows = Sample.objects.visible_to(request.user).select_related("audit__lead", "area__process", "drawn_by")
    return get_object_or_404(rows, audit__number=number, no=no)


@open_to_guests
@require_safe
def sample_list(request, number):
    """The samples of an audit, and how far each of them is read."""
    audit = _audit(request, number)
    context = {"audit": audit, "samples": paper_desk.samples_of(audit), **frame(request.user)}
    context["may_draw"] = paper_rules.may_judge(request.user, audit) and audit.is_open
    return render(request, "audits/sample_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sample_new(request, number):
    """Choose what is drawn from, see what would be drawn, draw it."""
    audit = _audit(request, number)
    if not paper_rules.may_judge(request.user, audit):
        raise PermissionDenied
    if request.method == "POST":
        form = DrawForm(request.POST, audit=audit)
        if form.is_valid():
            return redirect(_drawn(request, audit, **form.cleaned_data))
        return render(request, "audits/sample_new.html", {"audit": audit, "form": form}, status=422)
    asked = DrawForm(request.GET, audit=audit) if "kind" in request.GET else None
    preview = _preview(audit, asked.cleaned_data["kind"]) if asked and asked.is_valid() else {}
    first = {"request_key": uuid.uuid4().hex, **(asked.cleaned_data if preview else {"area": audit.areas.standing().first()})}
    first["request_key"] = uuid.uuid4().hex
    return render(request, "audits/sample_new.html", {"audit": audit, "form": DrawForm(initial=first, audit=audit), **preview})


def _drawn(request, audit, *, request_key, kind, area):
    draw = once(
        request.user, request_key, f"draw {audit.shown_number}", lambda: services.draw_paper(audit, by=request.user, kind=kind, area=area)
    )
    messages.success(request, _("Drawn and frozen: nobody can change it any more."))
    return draw


def _preview(audit, kind):
    found = papers.drawn(audit, kind, audit.samples.count() + 1, clock.now())
    return {
        "found": found, "classes": found.classes(kind), "kind": populations.KINDS[kind].label, "is_too_many": len(found.keys) > papers.MOST,
        "most": papers.MOST,
    }  # fmt: skip


@open_to_guests
@require_safe
def sample(request, number, no):
    """How a sample was drawn, drawn again just now, and who was swapped."""
    shown = _sample(request, number, no)
    again, besides = shown.drawn_again
    items = list(shown.items.select_related("swapped_out_by", "replaces").defer("picture", "machine"))
    context = {
        "audit": shown.audit, "sample": shown, "kind": populations.KINDS[shown.kind].label, "shares": again.shares,
        "holds": shown.holds, "items": items,
        "classes": papers.Drawn(shown.rows, again, besides).classes(shown.kind), "counts": paper_desk.counts_of(shown),
        **frame(request.user),
    }  # fmt: skip
    return render(request, "audits/sample.html", context)


@open_to_guests
@require_safe
def paper_first(request, number, no):
    """The first record that nobody read yet, or the first of all."""
    shown = _sample(request, number, no)
    rows = paper_desk.standing(shown).order_by("place").only("id", "sample_id", "place")
    item = rows.filter(result="open").first() or rows.first()
    if item is None:
        return redirect(shown)
    item.sample = shown
    return redirect(item)


@open_to_guests
@require_safe
def paper(request, number, no, place):
    """One record of a sample: as it was, what the rules say of it, and what the auditor makes of that."""
    return _shown(request, _paper(request, number, no, place))


def _paper(request, number, no, place):
    rows = Sample.objects.visible_to(request.user).defer("packed").select_related("audit__lead", "area__process")
    sample = get_object_or_404(rows, audit__number=number, no=no)
    items = SampleItem.objects.select_related("replaces", "replaced_by", "assigned", "read_by", "swapped_out_by")
    item = get_object_or_404(items, sample=sample, place=place)
    item.sample = sample
    only = request.GET.get("only", "")
    return paper_desk.Paper(item, request.user, paper_desk.listed(sample, place, only if only in paper_desk.ONLY else ""))


def _shown(request, shown, bad=None, name="", status=200):
    """The screen of a paper; `bad`: a form that was refused, and the name of its deed."""
    context = {"paper": shown, "item": shown.item, "sample": shown.sample, "audit": shown.audit, "listed": shown.listed,
               "kind": populations.KINDS[shown.sample.kind].label, "bad": bad, "bad_name": name,
               **frame(request.user)}  # fmt: skip
    if shown.may_judge:
        context |= _judging(request, shown, bad, name)
    if shown.may_arrange:
        context["assign"] = bad if name == "assign" else AssignForm(item=shown.item, person=request.user, auto_id="assign_%s")
    context["request_key"] = uuid.uuid4().hex
    return render(request, "audits/paper.html", context, status=status)


def _judging(request, shown, bad, name):
    """The draft of a finding with its form, and the form of evidence."""
    draft = paper_desk.draft(shown, request.POST.get("rule") or request.GET.get("rule", ""), clock.now())
    first = {**draft.initial, "grade": draft.suggestion.grade or None, "request_key": uuid.uuid4().hex}
    finding = bad if name == "finding" else PaperFindingForm(initial=first, person=request.user, item=shown.item, auto_id="finding_%s")
    key = {"request_key": uuid.uuid4().hex}
    return {
        "draft": draft, "finding": finding,
        "evidence": bad if name == "evidence" else EvidenceForm(initial=key, item=shown.item, auto_id="evidence_%s"),
    }  # fmt: skip


@require_POST
def paper_act(request, number, no, place, name):
    """A deed on a record of a sample; then the same record, or the next one where this one is read with it."""
    act = ACTS.get(name)
    if act is None:
        raise Http404
    shown = _paper(request, number, no, place)
    form = act.bound(request, shown)
    if not form.is_valid():
        return _shown(request, shown, form, name, status=422)
    details = act.details(form)
    key = details.pop("request_key", "")
    done = once(request.user, key, f"{name} {shown.item.pk}", lambda: act.perform(shown.item, by=request.user, **details))
    if act.said:
        messages.success(request, str(act.said) % {"done": getattr(done, "shown_number", "")})
    return redirect(_address(request, shown, act.after(done, shown)))


def _address(request, shown, item):
    """Where a paper goes on, with the same filter."""
    where = reverse("audits:paper", args=[shown.audit.number, shown.sample.no, item.place])
    only = request.GET.get("only", "")
    return f"{where}?only={only}" if only in paper_desk.ONLY and only else where
