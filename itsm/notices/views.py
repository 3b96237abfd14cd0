"""The bell, the preferences, and the outbox of a product without a mail server."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.core.errors import NotAllowed
from itsm.notices import kinds, services, wording
from itsm.notices.models import Delivery, Notice
from itsm.people import rules

PAGE = 30
OUTBOX = 100
OUTBOX_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"


@require_safe
def notice_list(request):
    """My notices, newest first, a page at a time; `before` is the last one of the page before."""
    notices = Notice.objects.visible_to(request.user).in_app().order_by("-told_at", "-id")
    if before := notices.filter(pk=_uuid(request.GET.get("before"))).first():
        notices = notices.filter(told_at__lt=before.told_at) | notices.filter(told_at=before.told_at, pk__lt=before.pk)
    shown = list(notices.select_related("content_type", "person__organisation").prefetch_related("record")[: PAGE + 1])
    more = f"?before={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""
    acts = wording.acts(shown[:PAGE])
    lines = [(notice, wording.subject(notice), acts.get(notice.pk)) for notice in shown[:PAGE]]
    template = "notices/_list.html" if request.htmx else "notices/list.html"
    return render(request, template, {"lines": lines, "next_url": more})


@require_safe
def notice_bell(request):
    """The bell with its count; the page asks for it again every minute."""
    return render(request, "notices/_bell.html", {"unread": Notice.objects.visible_to(request.user).unread().count()})


def _uuid(text):
    """Return the text if it may be a notice's id, else None."""
    return text if text and len(text) == 36 and text.count("-") == 4 and all(c in "0123456789abcdef-" for c in text) else None


@require_POST
def notice_read(request, pk=None):
    """Mark one of my notices, or all of them, as read and go to what it is about."""
    services.mark_read(request.user, None if pk is None else [pk])
    if request.htmx:
        return notice_list_part(request)
    notice = Notice.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    return redirect((notice and wording.page(notice)) or "notices:list")


def notice_list_part(request):
    """The list again, after something was marked."""
    request.method = "GET"
    return notice_list(request)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """Which kinds of notices also come by mail."""
    if request.method == "POST":
        services.prefer(request.user, set(request.POST.getlist("kind")))
        messages.success(request, _("Your choice is saved."))
        return redirect("notices:preferences")
    refused = set(request.user.notice_preferences.values_list("kind", flat=True))
    return render(request, "notices/preferences.html", {"kinds": [(kind, kind.name not in refused) for kind in kinds.optional()]})


def _watchers_only(person):
    """Raise NotAllowed unless somebody may look after mails that do not go."""
    if not rules.may_manage_people(person):
        raise NotAllowed(_("Only the IT service manager, top management or an administrator may do this."))


@require_safe
def mail_list(request):
    """The mails that the mail server does not take, the oldest first, with what it said."""
    _watchers_only(request.user)
    stuck = services.stuck().select_related("notice__person__organisation", "notice__content_type").prefetch_related("notice__record")
    lines = [(delivery, wording.subject(delivery.notice)) for delivery in stuck.order_by("owed_at", "id")[:OUTBOX]]
    return render(request, "notices/mail.html", {"lines": lines, "waiting": services.owed().count()})


@require_POST
def mail_again(request, pk):
    """Try a mail again now."""
    _watchers_only(request.user)
    services.try_again(get_object_or_404(Delivery, pk=pk))
    messages.success(request, _("It is tried again within seconds."))
    return redirect("notices:mail")


def _outbox_only():
    """Raise Http404 unless mail lands on the outbox page: demo or development without a mail server."""
    if services.mail_goes() != "outbox":
        raise Http404


@require_safe
def outbox(request):
    """The mails that would have been sent, newest first. Only in the demo and in development without a mail server."""
    _outbox_only()
    deliveries = Delivery.objects.select_related("notice__person__organisation", "notice__content_type").prefetch_related("notice__record")
    lines = [(delivery, wording.subject(delivery.notice)) for delivery in deliveries.order_by("-owed_at", "-id")[:OUTBOX]]
    return render(request, "notices/outbox.html", {"lines": lines, "from": settings.DEFAULT_FROM_EMAIL, "most": OUTBOX})


@require_safe
def outbox_mail(request, pk):
    """One mail of the outbox: its heads, its text, and the HTML part in a frame of its own."""
    _outbox_only()
    delivery = get_object_or_404(Delivery.objects.select_related("notice__person__organisation"), pk=pk)
    mail = wording.mail(delivery.notice)
    return render(request, "notices/outbox_mail.html", {"delivery": delivery, "mail": mail})


@require_safe
@xframe_options_sameorigin
def outbox_html(request, pk):
    """The HTML part of a mail as its own sandboxed answer: no script, no form; links open outside the frame."""
    _outbox_only()
    delivery = get_object_or_404(Delivery.objects.select_related("notice__person__organisation"), pk=pk)
    html = wording.mail(delivery.notice).alternatives[0].content
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response["Content-Security-Policy"] = OUTBOX_POLICY
    return response
