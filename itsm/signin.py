"""How allauth and axes work together here: nobody signs up by himself, and failures count by name and address."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class ClosedAdapter(DefaultAccountAdapter):
    """People are entered by the company; the sign-up page stays closed."""

    def is_open_for_signup(self, request):
        return False


class ClosedSocialAdapter(DefaultSocialAccountAdapter):
    """A company account (OpenID Connect) opens the person it is connected to, and makes nobody new."""

    def is_open_for_signup(self, request, sociallogin):
        return False


def attempted_username(request, credentials):
    """The name somebody tries to sign in with: allauth's form posts `login`, the admin's `username`."""
    if credentials:
        return credentials.get("username") or credentials.get("login")
    return request.POST.get("login") or request.POST.get("username")
