"""A verb of a change: its buttons, its form as a dialog or a page, and the doing of it."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from changes import acts
from changes.models import Change
from itsm.core.answers import once
from itsm.core.flow import closed_steps, open_steps


def buttons(change, person):
    """`(acts that are open, [(act, sentence why it is not)])` for somebody on a change's page; no query once roles are loaded."""
    free = {step.name for step in open_steps(change, person)}
    why = {step.name: sentence for step, sentence in closed_steps(change, person)}
    offered = [act for act in acts.everything() if act.offered is None or act.offered(change, person)]
    return [a for a in offered if not a.step or a.step in free], [(a, why[a.step]) for a in offered if a.step in why]


@require_http_methods(["GET", "POST"])
def change_act(request, number, name):
    """GET shows the act's form, POST does it once: valid → done, invalid → the form again with 422, nothing lost."""
    act = acts.get(name)
    change = get_object_or_404(Change.objects.visible_to(request.user), number=number)
    if act is None:
        raise Http404
    if request.method == "GET":
        first = {"request_key": uuid.uuid4().hex, **(act.initial(change) if act.initial else {})}
        return _shown(request, change, act, _shaped(act.form_class(initial=first), change))
    form = _shaped(act.form_class(request.POST, request.FILES), change)
    if not form.is_valid():
        return _shown(request, change, act, form, status=422)
    details = dict(form.cleaned_data)
    key = details.pop("request_key", "")
    once(request.user, key, f"{name} {number}", lambda: act.perform(change, by=request.user, **details))
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": change.get_absolute_url()})
    return redirect(change)


def _shaped(form, change):
    """A form that has to know its change says so with `suit(change)`."""
    if hasattr(form, "suit"):
        form.suit(change)
    return form


def _shown(request, change, act, form, status=200):
    template = "changes/_act.html" if request.htmx else "changes/act.html"
    return render(request, template, {"change": change, "act": act, "form": form}, status=status)
