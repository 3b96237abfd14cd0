"""The page on which the version in force is applied to tickets that are open already: what it would change, then the act."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from itsm.core import clock
from itsm.core.answers import once
from sla import rules, services
from sla.forms import ApplyForm
from sla.models import AgreementVersion

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def version_apply(request, pk, no):
    """How many open tickets a version would take over, which due times move, what it breaks at once; with words and a nod it is done."""
    if not rules.may_keep_agreements(request.user):
        raise PermissionDenied(str(rules.may_keep_agreements.sentence))
    rows = AgreementVersion.objects.visible_to(request.user).select_related("agreement")
    version = get_object_or_404(rows, agreement=pk, no=no, published_at__isnull=False)
    form = ApplyForm(request.POST or None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        return _applied(request, version, form.cleaned_data)
    found = services.outlook(version, at=clock.now())
    moves = found.moves
    context = {
        "version": version, "agreement": version.agreement, "form": form, "outlook": found, "moves": moves[:SHOWN],
        "more": max(0, len(moves) - SHOWN), "asks_for_nod": bool(found.breaks) or found.is_part,
    }  # fmt: skip
    return render(request, "sla/apply.html", context, status=422 if form.errors else 200)


def _applied(request, version, said):
    key = said.pop("request_key")
    done = once(request.user, key, f"apply {version.pk}", lambda: services.apply_version(version, by=request.user, **said))
    told = ngettext(
        "%(tickets)s open ticket counts under version %(no)s from now on.",
        "%(tickets)s open tickets count under version %(no)s from now on.", done.tickets,
    )  # fmt: skip
    messages.success(request, told % {"tickets": done.tickets, "no": version.no})
    return redirect(version)
