"""Mails about accounts, and the links that mails carry."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from itsm.links import services as links
from itsm.notices import kinds
from itsm.people.services import invitation_url

INVITATION = "accounts.invitation"
PASSWORD_RESET = "accounts.password_reset"


def register():
    """Make the kinds about accounts known, and let mails carry signed links."""
    kinds.make_links_with(signed_link_url)
    kinds.register(
        kinds.Kind(
            INVITATION,
            subject=_("Your account at the service desk"),
            template="emails/accounts/invitation",
            channels=("mail",),
            context=lambda notice: {"link": site(invitation_url(notice.person))},
            obligatory=True,
        )
    )
    kinds.register(
        kinds.Kind(
            PASSWORD_RESET,
            subject=_("Choose a new password"),
            template="emails/accounts/password_reset",
            channels=("mail",),
            context=lambda notice: {"link": site(_reset_path(notice.person))},
            obligatory=True,
        )
    )


def signed_link_url(purpose, notice):
    """Return the address of the signed link that belongs to a notice's mail."""
    return links.link_for(purpose, notice.record, notice.person, told_at=notice.told_at).url()


def site(path):
    """Return a path of ours as a full address."""
    return settings.SITE_URL.rstrip("/") + path


def _reset_path(person):
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
