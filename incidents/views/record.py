"""One incident: its page and its verbs."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from incidents import causes, forms, kinds, rules, services
from incidents.models import ClosingKind, Incident, Status
from incidents.models.conversation import Decision
from incidents.timeline import timeline
from incidents.views import forecast
from itsm.core import clock, ui
from itsm.core.answers import once
from itsm.core.flow import closed_steps, open_steps
from itsm.documents.models import Attachment
from itsm.links import services as links
from itsm.links.models import Receipt
from itsm.people import duty
from itsm.people.models import Person
from sla import services as sla

STAGES = [Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED]
PEOPLE = ("contact", "assignee", "logged_by")
SHOWN_STEPS = ("accept", "resolve", "wait", "resume", "reassign", "assign", "hand_over", "reprioritise", "reopen", "close")


def found(request, number):
    """The incident of this number with what its page shows, if the person may see it; otherwise 404. Two queries."""
    rows = Incident.objects.visible_to(request.user).select_related("customer", "service", "team")
    incident = get_object_or_404(rows, number=number)
    people = Person.objects.in_bulk({getattr(incident, f"{name}_id") for name in PEOPLE} - {None})
    for name in PEOPLE:  # joined as well, the database would plan longer than it reads
        setattr(incident, name, people.get(getattr(incident, f"{name}_id")))
    return incident


def incident_detail(request, number):
    """The page of one incident."""
    return render(request, "incidents/detail.html", page(request, found(request, number)))


def page(request, incident, **more):
    """Everything the page shows; `more` carries a form with errors."""
    person = request.user
    return {
        "incident": incident,
        "stages": stages(incident),
        "timeline": timeline(incident, person),
        "files": Attachment.objects.of(incident),
        "steps": {step.name: step for step in open_steps(incident, person)},
        "refused": [(step, sentence) for step, sentence in closed_steps(incident, person) if step.name in SHOWN_STEPS],
        "side": ui.panels_for(incident, person),
        "links": ui.panels_for(incident, person, "links"),
        "call": incident.phone_confirmations.select_related("called_by").filter(decision=Decision.PENDING).first()
        if incident.phone_pending
        else None,
        "request_key": uuid.uuid4().hex,
        "may_reply": rules.may_work(person, incident) and incident.status != Status.CLOSED,
        "may_check": rules.may_log(person),
        **closing(incident),
        "may_edit": rules.may_work(person, incident) and incident.status != Status.CLOSED,
        **more,
    }


def closing(incident):
    """What a closed incident shows of its end: the customer's receipt, or what they reported again after it lapsed."""
    if incident.closing_kind == ClosingKind.CONFIRMED:
        receipts = Receipt.objects.about(incident).filter(purpose=kinds.CONFIRM_LINK, choice="solved").select_related("person")
        return {"receipt": receipts.last(), "broken": links.first_broken(incident)}
    return {"followed_by": list(incident.followed_by.order_by("id"))} if incident.closing_kind == ClosingKind.LAPSED else {}


def stages(incident):
    """The stepper: past, present and coming stages."""
    here = Status.IN_PROGRESS if incident.status == Status.WAITING else incident.status
    place = STAGES.index(here)
    marks = ["past" if i < place else "now" if i == place else "next" for i in range(len(STAGES))]
    labels = [Status(incident.status).label if i == place else stage.label for i, stage in enumerate(STAGES)]
    return [{"label": label, "kind": kind} for label, kind in zip(labels, marks, strict=True)]


def act(request, number, form_class, name, perform):
    """One verb from its form: valid → done and back to the page; invalid → the page again with 422, nothing lost."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user), number=number)
    if not request.user.is_internal:
        raise PermissionDenied
    form = shaped(form_class(request.POST, request.FILES), incident) if form_class else None
    if form is not None and not form.is_valid():
        return _invalid(request, found(request, number), name, form)
    details = dict(form.cleaned_data) if form else {}
    key = details.pop("request_key", "") or request.POST.get("request_key", "")
    incident = once(request.user, key, f"{name} {number}", lambda: perform(incident, by=request.user, **details))
    return done(request, incident)


def shaped(form, incident):
    """The form with the choices that this incident has: only its agreement's reasons stop the clock."""
    if isinstance(form, forms.WaitForm):
        allowed = sla.allowed_reasons(incident)
        form.fields["reason"].choices = [choice for choice in form.fields["reason"].choices if choice[0] in allowed]
    return form


def _invalid(request, incident, name, form):
    if request.htmx:
        return render(request, "incidents/_act.html", _act_page(request, incident, name, form), status=422)
    return render(request, "incidents/detail.html", page(request, incident, form=form, act=name), status=422)


def done(request, incident):
    """Back to the record's page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": incident.get_absolute_url()})
    return redirect(incident)


FORMS = {
    "reassign": forms.ReassignForm,
    "wait": forms.WaitForm,
    "resume": forms.KeyedForm,
    "resolve": forms.ResolveForm,
    "reopen": forms.ReasonForm,
    "reprioritise": forms.ReprioritiseForm,
    "reclassify": forms.ReclassifyForm,
    "transfer": forms.TransferForm,
    "ask-supplier": forms.AskSupplierForm,
    "supplier-answered": forms.SupplierAnsweredForm,
    "call": forms.CallForm,
    "check-call": forms.CheckCallForm,
    "accept": forms.KeyedForm,
    "item": forms.ItemForm,
    "cause": forms.CauseForm,
    "withdraw-cause": forms.ReasonForm,
}
VERBS = {
    "reassign": services.reassign,
    "wait": services.wait,
    "resume": services.resume,
    "resolve": services.resolve,
    "reopen": services.reopen,
    "reprioritise": services.reprioritise,
    "reclassify": services.reclassify,
    "transfer": services.transfer,
    "ask-supplier": services.ask_supplier,
    "supplier-answered": services.supplier_answered,
    "call": services.confirm_by_phone,
    "check-call": services.check_call,
    "accept": services.accept,
    "item": services.point_at,
    "cause": services.confirm_cause,
    "withdraw-cause": services.withdraw_cause,
}
FORECAST = ("reprioritise", "reclassify")
TITLES = {
    "reassign": gettext_lazy("Reassign"),
    "wait": gettext_lazy("Wait for the customer"),
    "resume": gettext_lazy("Resume"),
    "resolve": gettext_lazy("Propose a solution"),
    "reopen": gettext_lazy("Reopen"),
    "reprioritise": gettext_lazy("Change priority"),
    "reclassify": gettext_lazy("Change the service"),
    "transfer": gettext_lazy("Hand to another team"),
    "ask-supplier": gettext_lazy("Ask a supplier"),
    "supplier-answered": gettext_lazy("The supplier answered"),
    "call": gettext_lazy("The customer confirmed by phone"),
    "check-call": gettext_lazy("Check a confirmation by phone"),
    "accept": gettext_lazy("Accept"),
    "item": gettext_lazy("Name the configuration item"),
    "cause": gettext_lazy("Caused by a change"),
    "withdraw-cause": gettext_lazy("Not caused by it after all"),
}


@require_http_methods(["GET", "POST"])
def incident_act(request, number, name):
    """A verb: GET shows its form as a dialog or a page, POST does it."""
    if name not in VERBS:
        raise Http404
    if request.method == "POST":
        return act(request, number, FORMS[name], name, VERBS[name])
    incident = found(request, number)
    if not request.user.is_internal:
        raise PermissionDenied
    form = shaped(FORMS[name](initial=_initial(incident, name)), incident)
    template = "incidents/_act.html" if request.htmx else "incidents/act.html"
    return render(request, template, _act_page(request, incident, name, form))


def _initial(incident, name):
    first = {"request_key": uuid.uuid4().hex}
    if name == "item":
        return first | {"item": incident.configuration_item_id}
    return first | ({"impact": incident.impact, "urgency": incident.urgency} if name == "reprioritise" else {})


def _act_page(request, incident, name, form):
    context = {"incident": incident, "form": form, "name": name, "title": TITLES[name]}
    if name == "reassign":
        context["members"] = services.roster_of(incident.team, clock.now())
    if name in FORECAST:
        context["forecast"] = forecast.of(incident, form.data or form.initial)
    if name == "item":
        context["items"] = causes.items_of(incident)
    if name == "wait" and incident.priority == 1:
        context["duty_manager"] = duty.duty_manager(incident.team)
    return context


@require_POST
def incident_say(request, number):
    """The composer: a reply to the customer, or an internal note; anything else is nothing, never by accident a reply."""
    verbs = {"reply": services.reply, "note": services.note}
    kind = request.POST.get("kind", "")
    if kind not in verbs:
        raise Http404
    return act(request, number, forms.WordsForm, kind, verbs[kind])


@require_http_methods(["GET", "POST"])
def incident_edit(request, number):
    """Correct title, description or contact."""
    incident = found(request, number)
    if not rules.may_work(request.user, incident):
        raise PermissionDenied(str(rules.may_work.sentence))
    form = forms.EditForm(request.POST or None, instance=incident)
    if request.method == "POST" and form.is_valid():
        services.edit(incident, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(incident)
    return render(request, "incidents/edit.html", {"incident": incident, "form": form}, status=422 if form.errors else 200)
