"""Pages of the working calendars."""

import calendar as months
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.calendars import panels, rules, services, suggesting, wording
from itsm.calendars.forms import WEEKDAYS, ChosenForm, HoursForm, ListForm, NamesForm, NewCalendarForm
from itsm.calendars.models import Calendar, Mode, Purpose
from itsm.calendars.rules import may_keep_calendars
from itsm.core import clock
from itsm.core.errors import Refused

YEARS = range(rules.FIRST_DAY.year, rules.LAST_DAY.year + 1)


@require_safe
def calendar_list(request):
    """The calendars with the version in force, hours and maintenance windows apart."""
    retired = request.GET.get("retired") == "1"
    shown = Calendar.objects.visible_to(request.user).with_current(clock.now()).filter(retired_at__isnull=not retired)
    groups = [(purpose, [found for found in shown if found.purpose == purpose]) for purpose in Purpose]
    context = {"groups": [group for group in groups if group[1]], "retired": retired, "may_keep": may_keep_calendars(request.user)}
    return render(request, "calendars/calendar_list.html", context)


@require_safe
def calendar(request, code):
    """One calendar: a year at a glance, its week, and every version."""
    found = _found(request, code)
    versions = list(found.versions.select_related("calendar"))
    version = next((v for v in versions if str(v.no) == request.GET.get("version")), versions[0] if versions else None)
    year = _year(request.GET.get("year"))
    context = {
        "calendar": found, "versions": versions, "version": version, "year": year, "months": _months(version, year) if version else [],
        "week": HoursForm(version=version).days() if version and version.mode == Mode.WEEKLY else [],
        "may_keep": may_keep_calendars(request.user), "takes_lists": version and version.mode == Mode.WEEKLY and not found.retired_at,
    }  # fmt: skip
    return render(request, "calendars/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_add(request):
    """A new calendar with its first version."""
    _must_keep(request)
    names, hours = (
        NewCalendarForm(request.POST or None),
        HoursForm(request.POST or None, initial={"mode": Mode.WEEKLY, "tz": "Asia/Shanghai"}),
    )
    if request.method == "POST" and all([names.is_valid(), hours.is_valid()]):
        try:
            return redirect(services.add(by=request.user, **names.cleaned_data, **hours.hours()))
        except Refused as refused:
            hours.add_error(None, str(refused.sentence))
    return _form(request, None, names, hours)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request, code):
    """Change the names, and publish a version when the hours differ; or look first what that would change."""
    _must_keep(request)
    found = _found(request, code)
    names, hours = NamesForm(request.POST or None, instance=found), HoursForm(request.POST or None, version=found.current())
    if request.method != "POST" or not all([names.is_valid(), hours.is_valid()]):
        return _form(request, found, names, hours)
    try:
        if "preview" in request.POST:
            return _form(request, found, names, hours, proposed=services.proposed(found, **hours.hours()))
        version = services.publish(found, by=request.user, onto=hours.cleaned_data["onto"], **hours.hours())
        kept = services.rename(found, by=request.user, **names.cleaned_data)
    except Refused as refused:
        hours.add_error(None, str(refused.sentence))
        return _form(request, found, names, hours)
    messages.success(request, _("%(calendar)s: version %(no)s is in force.") % {"calendar": kept, "no": version.no})
    return redirect(kept)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_holidays(request, code):
    """A country's holidays of a year as a suggestion: choose, look what it would change, publish."""
    _must_keep(request)
    found = _found(request, code)
    version = found.current()
    asked = ListForm(request.GET if "country" in request.GET else _usual_list(version, request.GET.get("year")))
    page = {"calendar": found, "version": version, "asked": asked}
    if not asked.is_valid():
        return render(request, "calendars/calendar_holidays.html", page, status=422)
    try:
        suggestion = suggesting.suggest(version=version, **asked.cleaned_data)
    except Refused as refused:
        return render(request, "calendars/calendar_holidays.html", page | {"refused": refused.sentence}, status=422)
    form = ChosenForm(request.POST or None, changes=suggestion.changes, initial={"onto": version.no})
    if published := _published(request, found, suggestion, form):
        return redirect(published.calendar)
    page |= _suggested(request, found, version, suggestion, form)
    return render(request, "calendars/calendar_holidays.html", page, status=422 if form.errors else 200)


@require_POST
def calendar_retire(request, code):
    """Retire a calendar, or take it back into use."""
    _must_keep(request)
    found = _found(request, code)
    act = services.restore if found.retired_at else services.retire
    return redirect(act(found, by=request.user))


def _form(request, found, names, hours, proposed=None):
    context = {"calendar": found, "names": names, "hours": hours, "year": clock.now().year}
    if proposed:
        context |= {"previews": panels.previews_of(proposed, request.user), "differences": _differences(found.current(), proposed)}
    return render(request, "calendars/calendar_form.html", context, status=422 if names.errors or hours.errors else 200)


def _published(request, found, suggestion, form):
    """The version that the chosen days became, or None when nobody asked for it or it was refused."""
    if not (form.is_bound and form.is_valid() and form.cleaned_data["act"] in ("official", "suggestion")):
        return None
    chosen, official = form.cleaned_data["days"], form.cleaned_data["act"] == "official"
    days = {"exceptions": suggestion.applied(found.current().exceptions, chosen), "source_note": suggestion.source()}
    said = {"whole": suggestion.whole, "confirmed": form.cleaned_data["confirmed"], "onto": form.cleaned_data["onto"]}
    try:
        version = services.publish_list(found, by=request.user, year=suggestion.year, official=official, **said, **days)
    except Refused as refused:
        form.add_error(None, str(refused.sentence))
        return None
    words = {"calendar": found, "no": version.no, "year": suggestion.year}
    text = _("%(calendar)s: version %(no)s is the official list of %(year)s. Running clocks follow within a minute.")
    messages.success(request, (text if official else _("%(calendar)s: version %(no)s is in force.")) % words)
    return version


def _suggested(request, found, version, suggestion, form):
    """What the page shows of a suggestion: its rows, and what they would change as an official list."""
    chosen = form.cleaned_data["days"] if form.is_bound and "days" in getattr(form, "cleaned_data", {}) else suggestion.ticked()
    rows = [_row(change, version, chosen) for change in suggestion.changes]
    page = {"suggestion": suggestion, "form": form, "rows": rows, "all_chosen": all(row["chosen"] for row in rows)}
    try:
        days = suggestion.applied(version.exceptions, chosen)
        proposed = services.proposed_list(found, year=suggestion.year, official=True, exceptions=days)
    except Refused as refused:
        return page | {"not_official": refused.sentence}
    return page | {"previews": panels.previews_of(proposed, request.user)}


def _usual_list(version, year):
    """The country of the calendar's zone, and the year after the last official one."""
    through = version.covered_through if version else None
    following = through.year + 1 if through else clock.now().year
    return {"country": suggesting.country_of(version.tz if version else "") or "CN", "year": year or following}


def _row(change, version, chosen):
    """One day of a suggestion, worded."""
    ordinary = [part[1:] for part in version.weekly if part[0] == change.day.weekday()]
    return {
        "change": change, "chosen": change.key in chosen, "weekday": WEEKDAYS[change.day.weekday()],
        "was": _worded(change.was, ordinary), "will": _worded(change.will, ordinary), "empty": not ordinary and change.will == [],
    }  # fmt: skip


def _worded(parts, ordinary):
    if parts is None:
        return _("as usual: %(hours)s") % {"hours": wording.shown(ordinary) or _("shut")}
    return wording.shown(parts) or _("shut")


def _differences(before, after):
    """`[(what, before, after)]`: the weekdays and single days on which two versions differ."""
    week = [[wording.shown([part[1:] for part in v.weekly if part[0] == dow]) or _("shut") for dow in range(7)] for v in (before, after)]
    rows = [(WEEKDAYS[dow], *pair) for dow, pair in enumerate(zip(*week, strict=True)) if pair[0] != pair[1]]
    for day in sorted(before.exceptions.keys() | after.exceptions.keys()):
        pair = [wording.shown(v.exceptions[day]) or _("shut") if day in v.exceptions else _("as usual") for v in (before, after)]
        rows += [(day, *pair)] if pair[0] != pair[1] else []
    return rows


def _found(request, code):
    return get_object_or_404(Calendar.objects.visible_to(request.user), code=code)


def _must_keep(request):
    if not may_keep_calendars(request.user):
        raise PermissionDenied


def _year(text):
    year = int(text) if text and text.isascii() and text.isdecimal() and len(text) == 4 else clock.now().year
    return year if year in YEARS else clock.now().year


def _months(version, year):
    """`[(name, [[(day or None, kind)] …weeks])]`; kind is open, off, holiday or make_up."""
    hours = version.hours()
    return [
        (MONTHS[month], [[(day or None, _kind(hours, date(year, month, day)) if day else "") for day in week] for week in weeks])
        for month, weeks in ((m, months.Calendar().monthdayscalendar(year, m)) for m in range(1, 13))
    ]


def _kind(hours, day):
    if hours.always:
        return "open"
    exception = hours.exception_on(day)
    if exception is None:
        return "open" if hours.is_working_day(day) else "off"
    return "make_up" if exception else "holiday"
