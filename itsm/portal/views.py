"""The customer's door: pages behind signed links. GET only shows; POST decides."""

import functools
import hashlib
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.core import clock
from itsm.core.answers import once
from itsm.core.errors import Refused
from itsm.documents import access
from itsm.documents.models import Attachment
from itsm.documents.views import as_download
from itsm.links import purposes, services
from itsm.links.models import LinkState
from itsm.notices import services as notices
from itsm.people.doors import open_to_everybody
from itsm.people.models import Person
from itsm.people.services.people import must_manage
from itsm.portal import kinds
from itsm.portal.facts import facts_of, language_of


def behind_a_link(view):
    """Give a view the link its token opens, in the person's language and zone; keep the answer out of every cache and index."""

    @login_not_required
    @never_cache
    @functools.wraps(view)
    def opened(request, token, **details):
        link = services.find(token)
        response = _closed(request, "unknown", 404) if link is None else _in_their_words(view, request, link, details)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return opened


def _in_their_words(view, request, link, details):
    language = language_of(request, link)
    with translation.override(language), timezone.override(link.person.time_zone):
        request.LANGUAGE_CODE = language
        return view(request, link, **details)


def _closed(request, reason, status, **context):
    """Say politely what became of a link, and nothing about what it was for."""
    return render(request, "portal/closed.html", {"reason": reason, **context}, status=status)


def _gone(request, link, state):
    """Say what became of a link that is not open any more; of a withdrawn one the purpose may know why."""
    why = purposes.get(link.purpose).withdrawn if state == LinkState.REVOKED else None
    return _closed(request, str(state), 410, used_at=link.used_at, sentence=why(link) if why else "")


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_link
def link_page(request, link):
    """Show what a link is for, or take the decision."""
    at = clock.now()
    state = link.state(at)
    if state != LinkState.OPEN or link.record is None:
        return _gone(request, link, state if state != LinkState.OPEN else LinkState.REVOKED)
    purpose = purposes.get(link.purpose)
    if request.method == "POST":
        return _decide(request, link, purpose, at)
    return _shown(request, link, purpose, at)


def _shown(request, link, purpose, at, *, form=None, text=None, status=200, stale=False):
    text = purpose.text(link) if text is None else text
    form = form or _form(purpose, link)
    context = {"link": link, "purpose": purpose, "form": form, "text": text, "shown": _digest(text), "stale": stale}
    context["request_key"] = _key(request) or uuid.uuid4()
    return render(request, purpose.template, {**context, **purpose.context(link, at)}, status=status)


def _form(purpose, link, *data):
    form = purpose.form_class(*data)
    form.link = link
    return form


def _decide(request, link, purpose, at):
    """Let the purpose act if the form holds and the person saw the very text that counts now."""
    text = purpose.text(link)
    form = _form(purpose, link, request.POST, request.FILES)
    if request.POST.get("shown") != _digest(text):
        return _shown(request, link, purpose, at, form=form, text=text, status=409, stale=True)
    if not form.is_valid():
        return _shown(request, link, purpose, at, form=form, text=text, status=422)
    try:
        once(link.person, _key(request), f"link {purpose.name}", lambda: _act(link, form, facts_of(request, text)))
    except services.NotOpen as closed:
        link.refresh_from_db()
        return _gone(request, link, closed.state)
    except Refused as refused:
        return _closed(request, "refused", refused.status, sentence=refused.sentence)
    if purpose.single_use:
        return redirect("portal:thanks", token=link.token)
    messages.success(request, purpose.thanks or translation.gettext("Thank you. We have received it."))
    return redirect(request.get_full_path())


def _act(link, form, facts):
    """Decide, and return the record: what a repeated request is answered with."""
    services.decide(link, form, facts)
    return link.record


def _key(request):
    """Return the key of this page's form, so that a double tap acts once; "" when there is none."""
    try:
        return str(uuid.UUID(request.POST.get("request_key", "")))
    except ValueError:
        return ""


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@require_safe
@behind_a_link
def link_thanks(request, link):
    """Thank for a decision that was just taken."""
    receipt = link.receipts.order_by("seq").last()
    if receipt is None:
        raise Http404
    purpose = purposes.get(link.purpose)
    thanks = purpose.thanks(receipt) if callable(purpose.thanks) else purpose.thanks
    return _closed(request, "thanks", 200, used_at=receipt.at, sentence=thanks)


@require_safe
@behind_a_link
def link_file(request, link, pk):
    """Hand over a public file of the record a link is for, as long as the link is open."""
    attachment = get_object_or_404(Attachment.objects.public().select_related("content_type"), pk=pk)
    if link.state(clock.now()) != LinkState.OPEN or not access.belongs_to(attachment, link.record):
        raise Http404
    return as_download(attachment)


@require_safe
@open_to_everybody
def home(request):
    """Tell somebody of a customer who signed in where their tickets are."""
    return render(request, "portal/home.html")


@require_POST
def person_invite(request, pk):
    """Owe one of us the mail with which they choose their first password."""
    must_manage(request.user)
    person = get_object_or_404(Person.objects.visible_to(request.user).active(), pk=pk)
    if person.has_usable_password() or not person.is_internal or not person.email:
        raise Refused(translation.gettext("Only somebody of ours with an e-mail and without a password can be invited."))
    notices.tell(person, kinds.INVITATION)
    messages.success(request, translation.gettext("The invitation is on its way."))
    return redirect("people:person", pk)
