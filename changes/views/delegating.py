"""Delegations: what one gave, what one holds, and for the change manager all of them."""

import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from changes import rules, services
from changes.forms.deciding import DelegateForm
from changes.models import Delegation
from itsm.core import clock
from itsm.core.answers import once
from itsm.core.errors import Refused
from itsm.people.zones import company_day

SHOWN = 100


@require_safe
def delegations(request):
    """The reader's delegations, the newest first; who answers for changes sees everybody's."""
    today = company_day(clock.now())
    rows = list(Delegation.objects.visible_to(request.user).select_related("giver", "receiver").order_by("-given_at", "-id")[:SHOWN])
    lists = [
        (_("What I gave"), [row for row in rows if row.giver_id == request.user.pk]),
        (_("What I hold"), [row for row in rows if row.receiver_id == request.user.pk]),
    ]
    if manages := rules.manages(request.user):
        lists.append((_("Everybody else's"), [row for row in rows if request.user.pk not in (row.giver_id, row.receiver_id)]))
    return render(request, "changes/delegations.html", {"lists": lists, "today": today, "manages": manages})


@require_http_methods(["GET", "HEAD", "POST"])
def delegate(request):
    """Let somebody decide in one's place."""
    if request.method != "POST":
        today = company_day(clock.now())
        form = DelegateForm(initial={"first_on": today, "last_on": today, "request_key": uuid.uuid4().hex}, giver=request.user)
        return render(request, "changes/delegate.html", {"form": form})
    form = DelegateForm(request.POST, giver=request.user)
    if not form.is_valid():
        return render(request, "changes/delegate.html", {"form": form}, status=422)
    details = dict(form.cleaned_data)
    key = details.pop("request_key")
    try:
        once(request.user, key, "delegate", lambda: services.delegate(by=request.user, **details))
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return render(request, "changes/delegate.html", {"form": form}, status=refused.status)
    messages.success(request, _("Delegated."))
    return redirect("changes:delegations")


@require_POST
def withdraw(request, pk):
    """Take a delegation back."""
    given = get_object_or_404(Delegation.objects.visible_to(request.user), pk=pk)
    services.withdraw_delegation(given, by=request.user)
    messages.success(request, _("Withdrawn. Who held it decides in nobody's place any more."))
    return redirect("changes:delegations")
