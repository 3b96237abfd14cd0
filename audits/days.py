"""Days in the reader's words."""

from django.utils.formats import date_format
from django.utils.translation import pgettext


def worded(day):
    """A day with its year: "9 Oct 2026"; a dash for none."""
    return date_format(day, pgettext("date with year", "j M Y")) if day else "–"
