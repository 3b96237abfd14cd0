"""What a request of somebody without an account tells about itself."""

import ipaddress

from django.conf import settings
from django.utils import translation

from itsm.links.services import Facts


def facts_of(request, shown_text):
    """Return the Facts that go into a receipt."""
    return Facts(
        ip=_address(request.META.get("REMOTE_ADDR", "")),
        user_agent=request.headers.get("user-agent", ""),
        language=translation.get_language() or "",
        shown_text=shown_text,
    )


def _address(text):
    """Return an IP address, or None for what a proxy may write instead ("unknown", an address with a port)."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def language_of(request, link):
    """Return the language to show a link in: the one chosen on the page, else the person's."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else link.person.language
