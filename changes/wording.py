"""How the data of changes is worded in the reader's language."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from itsm.core.wording import duration, zone_name

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def either(text, text_en):
    """The English text for an English reader where there is one, otherwise the first."""
    return text_en if text_en and (get_language() or "").startswith("en") else text


def instant(microseconds):
    """The instant that `changes_document` keeps as microseconds since 1970, or None."""
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def window(starts_at, ends_at):
    """A window in the reader's zone, exact to the minute, with the zone and its length; both ends may be missing."""
    if starts_at is None or ends_at is None:
        return _("Not chosen yet.")
    first, last = timezone.localtime(starts_at), timezone.localtime(ends_at)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    said = {"day": date_format(first, "D"), "from": f"{first:%Y-%m-%d %H:%M}", "until": until, "zone": zone_name(starts_at)}
    return _("%(day)s %(from)s – %(until)s, %(zone)s, %(length)s") % {**said, "length": duration(ends_at - starts_at)}


def working_time(minutes):
    """A deadline in working time: whole days of eight hours as days, everything else in hours and minutes."""
    days, rest = divmod(minutes, 8 * 60)
    if days and not rest:
        return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
    return _("%(time)s of working time") % {"time": duration(minutes * 60)}


def exact_minute(at):
    """An instant in the reader's zone, to the minute, with the zone: what a mail says, which may be read days later."""
    local = timezone.localtime(at)
    return _("%(day)s %(time)s, %(zone)s") % {"day": date_format(local, "D"), "time": f"{local:%Y-%m-%d %H:%M}", "zone": zone_name(at)}
