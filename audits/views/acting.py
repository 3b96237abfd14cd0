"""A verb of a finding or an action: its form as a dialog or a page, and the doing of it, once."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from audits.acts import named
from itsm.core.answers import once


def act_on(request, record, acts, name):
    """GET shows the act's form, POST does it: valid → done, invalid → the form again with 422, nothing lost."""
    act = named(acts, name)
    if act is None:
        raise Http404
    if request.method != "POST":
        first = act.initial(record) if act.initial else {}
        return _shown(request, record, act, act.form_class(initial={"request_key": uuid.uuid4().hex, **first}))
    form = act.form_class(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, record, act, form, status=422)
    details = dict(form.cleaned_data)
    key = details.pop("request_key", "")
    once(request.user, key, f"{name} {record.shown_number}", lambda: act.perform(record, by=request.user, **details))
    if request.htmx:
        page = record.get_absolute_url().partition("#")[0]  # to a mark of the same page a browser would not load it anew
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    return redirect(record)


def _shown(request, record, act, form, status=200):
    template = "audits/_act.html" if request.htmx else "audits/act.html"
    return render(request, template, {"record": record, "act": act, "form": form, "url": request.path}, status=status)
