"""Verbs of working calendars: add, rename, publish a version or a year's list of holidays, retire."""

from datetime import date

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from itsm.calendars import china, rules
from itsm.calendars.models import Calendar, CalendarVersion, Mode, Purpose
from itsm.calendars.rules import may_keep_calendars
from itsm.calendars.worktime import Hours
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb

CHINA = Hours.of("Asia/Shanghai", china.OFFICE_WEEK, china.EXCEPTIONS_2026)
ALWAYS, OFFICE = "24x7", "china-office"


@verb
def add(*, by, code, name, name_en="", purpose=Purpose.HOURS, at=None, **hours):
    """A new calendar with its first published version; `hours` as for publish(). Raises NotAllowed, Refused."""
    _must_keep(by)
    calendar = Calendar.objects.create(code=code, name=name, name_en=name_en, purpose=purpose)
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
def publish(calendar, *, by, onto=None, at=None, **hours):
    """A new version: tz, mode, weekly, exceptions, covered_through, source_note. Returns it; the same content gives the version in force.

    Running clocks keep the version they were promised with. `onto` is the number of the version that the changes were made on.
    Raises NotAllowed, Refused.
    """
    calendar = _held(calendar, by, onto)
    return _publish(calendar, by, at or clock.now(), **hours)


@verb
def publish_list(calendar, *, by, year, official, whole=True, confirmed=False, onto=None, at=None, **days):
    """A new version with a year's holidays and make-up workdays (`exceptions`, `source_note`), everything else as it stands.

    An official list covers the year, and running clocks are rebound to it (D10); a suggestion leaves both. `whole` says whether
    the source knows the year's make-up workdays; without them a list is official only when somebody `confirmed` it.
    Raises NotAllowed, Refused.
    """
    calendar = _held(calendar, by, onto)
    if official and not whole and not confirmed:
        sentence = _("The make-up workdays of %(year)s are not published yet. Keep this as a suggestion, or tick that it is complete.")
        raise Refused(sentence % {"year": year}, code="not_whole")
    return _kept(proposed_list(calendar, year=year, official=official, by=by, at=at or clock.now(), **days))


def proposed(calendar, *, tz, mode, weekly=(), exceptions=None, covered_through=None, source_note="", official=False, by=None, at=None):
    """The unsaved version that publishing these hours would write. Raises Refused."""
    version = CalendarVersion(
        calendar=calendar, tz=tz, mode=mode, weekly=sorted(list(part) for part in weekly),
        exceptions={day: sorted(list(part) for part in parts) for day, parts in sorted((exceptions or {}).items())},
        covered_through=covered_through, source_note=source_note, official=official, published_at=at, publisher_id=by.pk if by else None,
    )  # fmt: skip
    _check(version)
    version.sha256 = version.fingerprint()
    return version


def proposed_list(calendar, *, year, official, exceptions, source_note="", by=None, at=None):
    """The unsaved version that publishing a year's list would write. Raises Refused."""
    now = calendar.current()
    if now is None or now.mode == Mode.ALWAYS:
        raise Refused(rules.ALWAYS_OPEN, code="always_open")
    through, ends = now.covered_through, date(year, 12, 31)
    if official and through and through < date(year - 1, 12, 31):
        raise Refused(
            _("Publish the list of %(year)s first; the holidays of that year are not official yet.") % {"year": through.year + 1},
            code="gap",
        )
    covered = max(through or ends, ends) if official else through
    return proposed(
        calendar, tz=now.tz, mode=now.mode, weekly=now.weekly, exceptions=exceptions, covered_through=covered,
        source_note=source_note or now.source_note, official=official, by=by, at=at,
    )  # fmt: skip


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
        covered_through=china.COVERED_THROUGH, source_note=china.SOURCE, official=True,
    )  # fmt: skip
    return always, office


def add_working_days(at, days):
    """The instant so many working days later on the office calendar, at the same time of day (or the next opening)."""
    return office_hours().add_days(at, days)


def office_hours():
    """The working time of our own office, as it stands now."""
    version = CalendarVersion.objects.filter(calendar__code=OFFICE).order_by("-no").first()
    return version.hours() if version else CHINA


def _ensured(code, name, name_en, at, **hours):
    calendar, made = Calendar.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en})
    if made:
        _publish(calendar, None, at or clock.now(), **hours)
    return calendar


def _must_keep(by):
    if by is not None and not may_keep_calendars(by):
        raise NotAllowed(may_keep_calendars.sentence)


def _held(calendar, by, onto):
    """The calendar in use, locked, for somebody who may keep it. Raises NotAllowed, Refused."""
    _must_keep(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.retired_at:
        raise Refused(_("This calendar is retired. Take it back into use before you change its hours."), code="retired")
    newest = calendar.current()
    if onto is not None and newest and newest.no != onto:
        sentence = _("Version %(no)s was published meanwhile. Look at it, then enter your changes again.")
        raise Refused(sentence % {"no": newest.no}, code="stale")
    return calendar


def _publish(calendar, by, at, **hours):
    return _kept(proposed(calendar, by=by, at=at, **hours))


def _kept(version):
    """The next version of its calendar, saved; the newest as it stands when nothing would change."""
    newest = version.calendar.current()
    if newest and newest.sha256 == version.sha256 and newest.official >= version.official:
        return newest
    version.no = (version.calendar.versions.aggregate(Max("no"))["no__max"] or 0) + 1
    version.save(force_insert=True)
    return version


def _check(version):
    """Refuse hours that make no sense or never open."""
    wrong = rules.zone_refusal(version.tz) or rules.hours_refusal(version.weekly, version.exceptions)
    if wrong := wrong or rules.day_refusal(version.covered_through):
        raise Refused(wrong, code="nonsense")
    windows = version.calendar.purpose == Purpose.MAINTENANCE
    if windows and version.mode == Mode.ALWAYS:
        raise Refused(rules.ALWAYS_DOWN, code="always_down")
    if version.mode == Mode.WEEKLY and not version.weekly and not (windows and any(version.exceptions.values())):
        raise Refused(rules.NO_WINDOW if windows else rules.NEVER_OPEN, code="never_open")
