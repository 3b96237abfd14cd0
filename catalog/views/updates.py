"""The updates that nothing allowed, and their explanation."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog import rules, services
from catalog.forms.items import ExplainForm
from catalog.models import ItemUpdate
from catalog.updates import tell
from catalog.views.items import tabs
from itsm.core import paging
from itsm.core.errors import Refused

NEWEST = paging.Order()


@require_http_methods(["GET", "POST"])
def update_list(request):
    """Unauthorised updates, those nobody explained or the others; a POST explains the ones that are chosen."""
    form = ExplainForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid() and _explained(request, form):
        return redirect("catalog:updates")
    explained = request.GET.get("explained") == "1"
    found = ItemUpdate.objects.visible_to(request.user).unauthorised().filter(explained__isnull=not explained)
    page = paging.page(found.listed(), NEWEST, request.GET.get("after", ""))
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "form": form,
        "explained": explained,
        "updates": tell(page.rows),
        "chosen": set(request.POST.getlist("updates")),
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
        "views": tabs(request.user, "updates"),
        "may_keep": rules.may_keep_items(request.user),
    }
    return render(request, "catalog/update_list.html", context, status=422 if form.errors else 200)


def _explained(request, form):
    """Whether they are explained; otherwise the sentence stands on the form."""
    details = {"words": form.cleaned_data["words"], "change": form.cleaned_data["change"]}
    try:
        said = services.explain_updates(list(form.cleaned_data["updates"]), by=request.user, **details)
    except Refused as refused:
        if refused.status == 403:
            raise
        form.add_error(None, refused.sentence)
        return False
    messages.success(request, ngettext("%(n)d update is explained.", "%(n)d updates are explained.", len(said)) % {"n": len(said)})
    return True
