"""Verbs of working calendars: add, rename, publish a version, retire."""

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from itsm.calendars import china
from itsm.calendars.models import Calendar, CalendarVersion, Mode, hours_of
from itsm.calendars.rules import may_keep_calendars
from itsm.calendars.worktime import Hours
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb

CHINA = Hours.of("Asia/Shanghai", china.OFFICE_WEEK, china.EXCEPTIONS_2026)
ALWAYS, OFFICE = "24x7", "china-office"


@verb
def add(*, by, code, name, name_en="", at=None, **hours):
    """A new calendar with its first published version; `hours` as for publish(). Raises NotAllowed, Refused."""
    _must_keep(by)
    calendar = Calendar.objects.create(code=code, name=name, name_en=name_en)
    _publish(calendar, by, at or clock.now(), **hours)
    return calendar


@verb
def rename(calendar, *, by, name, name_en=""):
    """Change a calendar's names. Raises NotAllowed."""
    _must_keep(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    calendar.name, calendar.name_en = name, name_en
    calendar.save(update_fields=["name", "name_en"])
    return calendar


@verb
def publish(calendar, *, by, at=None, **hours):
    """A new version: tz, mode, weekly, exceptions, covered_through, source_note. Returns it; the same content gives the version in force.

    Running clocks keep the version they were promised with. Raises NotAllowed, Refused.
    """
    _must_keep(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.retired_at:
        raise Refused(_("This calendar is retired. Take it back into use before you change its hours."), code="retired")
    return _publish(calendar, by, at or clock.now(), **hours)


@verb
def retire(calendar, *, by, at=None):
    """Take a calendar out of use; agreements that name it keep it. Raises NotAllowed, Refused."""
    _must_keep(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.retired_at:
        raise Refused(_("This calendar is retired already."), code="retired")
    calendar.retired_at = at or clock.now()
    calendar.save(update_fields=["retired_at"])
    return calendar


@verb
def restore(calendar, *, by):
    """Take a retired calendar back into use. Raises NotAllowed."""
    _must_keep(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    calendar.retired_at = None
    calendar.save(update_fields=["retired_at"])
    return calendar


def ensure_defaults(at=None):
    """The two calendars every installation has, as (round the clock, Chinese office hours); made when absent."""
    always = _ensured(ALWAYS, "全天候", "Round the clock", at, tz="UTC", mode=Mode.ALWAYS)
    office = _ensured(
        OFFICE, "中国办公时间", "China office hours", at, tz="Asia/Shanghai", mode=Mode.WEEKLY, weekly=china.OFFICE_WEEK,
        exceptions={day.isoformat(): parts for day, parts in china.EXCEPTIONS_2026.items()},
        covered_through=china.COVERED_THROUGH, source_note=china.SOURCE,
    )  # fmt: skip
    return always, office


def add_working_days(at, days):
    """The instant so many working days later on the office calendar, at the same time of day (or the next opening)."""
    version = CalendarVersion.objects.filter(calendar__code=OFFICE).order_by("-no").first()
    return (version.hours() if version else CHINA).add_days(at, days)


def _ensured(code, name, name_en, at, **hours):
    calendar, made = Calendar.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en})
    if made:
        _publish(calendar, None, at or clock.now(), **hours)
    return calendar


def _must_keep(by):
    if by is not None and not may_keep_calendars(by):
        raise NotAllowed(may_keep_calendars.sentence)


def _publish(calendar, by, at, *, tz, mode, weekly=(), exceptions=None, covered_through=None, source_note=""):
    """Write the next version unless nothing would change."""
    version = CalendarVersion(
        calendar=calendar, tz=tz, mode=mode, weekly=sorted(list(part) for part in weekly),
        exceptions={day: sorted(list(part) for part in parts) for day, parts in sorted((exceptions or {}).items())},
        covered_through=covered_through, source_note=source_note, published_at=at, publisher_id=by.pk if by else None,
    )  # fmt: skip
    _check(version)
    version.sha256 = version.fingerprint()
    newest = calendar.current()
    if newest and newest.sha256 == version.sha256:
        return newest
    version.no = (calendar.versions.aggregate(Max("no"))["no__max"] or 0) + 1
    version.save(force_insert=True)
    return version


def _check(version):
    """Refuse hours that make no sense or never open."""
    try:
        hours_of(version.mode, version.tz, version.weekly, version.exceptions)
    except (ValueError, LookupError) as error:
        raise Refused(_("These hours can't be used: %(error)s") % {"error": error}, code="nonsense") from error
    if version.mode == Mode.WEEKLY and not version.weekly:
        raise Refused(_("Enter hours for at least one weekday; otherwise nothing would ever be due."), code="never_open")
