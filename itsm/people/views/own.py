"""What people do with their own account: profile, language, first password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from itsm.people import services
from itsm.people.doors import open_to_everybody
from itsm.people.forms import LanguageForm, ProfileForm, WelcomeForm, attempt
from itsm.people.models import Person

BACKEND = "itsm.people.backends.SignInBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """My name, address, language and zone."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=Person.objects.get(pk=request.user.pk))
    kept = form.is_valid() and attempt(form, lambda: services.edit(request.user, by=request.user, **form.changes()))
    if kept:
        with translation.override(kept.language):
            messages.success(request, _("Saved."))
        return _remembering(redirect("people:profile"), kept.language)
    return render(request, "people/profile.html", {"form": form}, status=422 if form.errors else 200)


def _remembering(response, language):
    """Let this browser keep the language too."""
    age, same_site, secure = settings.LANGUAGE_COOKIE_AGE, settings.LANGUAGE_COOKIE_SAMESITE, settings.LANGUAGE_COOKIE_SECURE
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=age, samesite=same_site, secure=secure)
    return response


@login_not_required
@open_to_everybody
@require_POST
def language_switch(request):
    """Switch the language from the top bar; it is remembered with the person and in the browser."""
    form = LanguageForm(request.POST)
    if request.user.is_authenticated and form.is_valid() and form.cleaned_data["language"] != request.user.language:
        services.edit(request.user, by=request.user, **form.cleaned_data)
    return set_language(request)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request, uid, token):
    """Let an invited person choose user name and password, once."""
    person = _invited(uid, token)
    if person is None:
        return render(request, "people/welcome_over.html", status=410)
    form = WelcomeForm(
        request.POST if request.method == "POST" else None, person=person, initial={"username": person.username, "name": person.name}
    )
    if form.is_valid():
        chosen = {"username": form.cleaned_data["username"], "name": form.cleaned_data["name"], "password": form.cleaned_data["password2"]}
        if kept := attempt(form, lambda: services.welcome(person, by=person, **chosen)):
            login(request, kept, backend=BACKEND)
            return redirect("/")
    response = render(request, "people/welcome.html", {"form": form, "person": person}, status=422 if form.errors else 200)
    response["Referrer-Policy"] = "same-origin"
    return response


def _invited(uid, token):
    """Return the active person this invitation is for, or None when it is wrong, old or used."""
    try:
        person = Person.objects.filter(pk=int(force_str(urlsafe_base64_decode(uid)))).first()
    except (ValueError, OverflowError):
        return None
    good = person and person.is_active and not person.has_usable_password() and default_token_generator.check_token(person, token)
    return person if good else None
