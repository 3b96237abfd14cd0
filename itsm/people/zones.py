"""Time zones by their IANA name."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def company_zone():
    """Return the IANA name of the company's time zone."""
    return settings.COMPANY_TIME_ZONE


def company_day(at):
    """Return the company's calendar day at an aware instant."""
    return at.astimezone(ZoneInfo(company_zone())).date()


def known_zone(name):
    """Raise ValidationError unless the name is an IANA time zone."""
    if name not in known_zones():
        raise ValidationError(_("This time zone is not known. Use a name such as Asia/Shanghai."))


@cache
def known_zones():
    """Return all IANA zone names as a frozenset."""
    return frozenset(available_timezones())
