"""How allauth and axes work together here: nobody signs up by himself, and failures count by name and address."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.urls import reverse

from itsm.notices import services as notices
from itsm.people import rules
from itsm.people.models import Role
from itsm.portal import kinds


class ClosedAdapter(DefaultAccountAdapter):
    """People are entered by the company; the sign-up page stays closed."""

    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        """Our people go to their home page, a guest to their audits, a customer's people to the page that says how tickets reach them."""
        if rules.is_internal(request.user):
            return super().get_login_redirect_url(request)
        if request.user.has_role(Role.EXTERNAL_AUDITOR):
            return reverse("audits:audits")
        return reverse("portal:home")

    def send_password_reset_mail(self, user, email, context):
        """Owe the mail like any other; who never had a password is invited again, and a customer's contact needs none."""
        if user.has_usable_password():
            notices.tell(user, kinds.PASSWORD_RESET)
        elif user.is_internal:
            notices.tell(user, kinds.INVITATION)


class ClosedSocialAdapter(DefaultSocialAccountAdapter):
    """A company account (OpenID Connect) opens the person it is connected to, and makes nobody new."""

    def is_open_for_signup(self, request, sociallogin):
        return False


def attempted_username(request, credentials):
    """The name somebody tries to sign in with: allauth's form posts `login`, the admin's `username`."""
    if credentials:
        return credentials.get("username") or credentials.get("login")
    return request.POST.get("login") or request.POST.get("username")
