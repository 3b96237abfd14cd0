"""Pages of the working calendars."""

import calendar as months
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.calendars import services
from itsm.calendars.forms import HoursForm, NamesForm, NewCalendarForm
from itsm.calendars.models import Calendar, Mode
from itsm.calendars.rules import may_keep_calendars
from itsm.core import clock
from itsm.core.errors import Refused

YEARS = range(2000, 2100)


@require_safe
def calendar_list(request):
    """The calendars with the version in force."""
    retired = request.GET.get("retired") == "1"
    shown = Calendar.objects.visible_to(request.user).with_current(clock.now()).filter(retired_at__isnull=not retired)
    context = {"calendars": shown, "retired": retired, "may_keep": may_keep_calendars(request.user)}
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
        "may_keep": may_keep_calendars(request.user),
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
        return redirect(services.add(by=request.user, **names.cleaned_data, **hours.hours()))
    return _form(request, None, names, hours)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request, code):
    """Change the names, and publish a version when the hours differ."""
    _must_keep(request)
    found = _found(request, code)
    names, hours = NamesForm(request.POST or None, instance=found), HoursForm(request.POST or None, version=found.current())
    if request.method == "POST" and all([names.is_valid(), hours.is_valid()]):
        try:
            version = services.publish(found, by=request.user, **hours.hours())
            kept = services.rename(found, by=request.user, **names.cleaned_data)
        except Refused as refused:
            hours.add_error(None, str(refused.sentence))
        else:
            messages.success(request, _("%(calendar)s: version %(no)s is in force.") % {"calendar": kept, "no": version.no})
            return redirect(kept)
    return _form(request, found, names, hours)


@require_POST
def calendar_retire(request, code):
    """Retire a calendar, or take it back into use."""
    _must_keep(request)
    found = _found(request, code)
    act = services.restore if found.retired_at else services.retire
    return redirect(act(found, by=request.user))


def _form(request, found, names, hours):
    context = {"calendar": found, "names": names, "hours": hours}
    return render(request, "calendars/calendar_form.html", context, status=422 if names.errors or hours.errors else 200)


def _found(request, code):
    return get_object_or_404(Calendar.objects.visible_to(request.user), code=code)


def _must_keep(request):
    if not may_keep_calendars(request.user):
        raise PermissionDenied


def _year(text):
    year = int(text) if text and text.isdecimal() and len(text) == 4 else clock.now().year
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
