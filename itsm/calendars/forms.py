"""Input of the pages about calendars."""

from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from itsm.calendars import wording
from itsm.calendars.models import Calendar, Mode

WEEKDAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


class NamesForm(forms.ModelForm):
    """What a calendar is called."""

    class Meta:
        model = Calendar
        fields = ["name", "name_en"]


class NewCalendarForm(NamesForm):
    """A calendar's code and names."""

    class Meta(NamesForm.Meta):
        fields = ["code", "name", "name_en"]


class HoursForm(forms.Form):
    """The hours of a version: a week as text, exceptions one a line."""

    mode = forms.ChoiceField(label=_("mode"), choices=Mode)
    tz = forms.ChoiceField(label=_("time zone"))
    covered_through = forms.DateField(
        label=_("holidays known through"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day whose holidays are official. Due times after it are shown as provisional."),
    )  # fmt: skip
    source_note = forms.CharField(label=_("source of the holidays"), required=False, max_length=200)
    exceptions = forms.CharField(
        label=_("holidays and make-up workdays"), required=False, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "One a line: “2026-10-01..2026-10-07 off” or “2026-10-10 09:00-12:00, 13:00-18:00”. "
            "They replace the ordinary hours of that day."
        ),
    )  # fmt: skip

    def __init__(self, *args, version=None, **kwargs):
        if version is not None:
            kwargs["initial"] = self.initial_of(version) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
        self.fields["tz"].choices = [("UTC", "UTC"), *((name, name) for name in zones)]
        for index, day in enumerate(WEEKDAYS):
            example = _("For example 09:00-12:00, 13:00-18:00; empty: shut.") if index == 0 else ""
            self.fields[f"day_{index}"] = forms.CharField(label=day, required=False, max_length=200, help_text=example)

    @staticmethod
    def initial_of(version):
        """What the form shows of a version."""
        days = {f"day_{n}": wording.shown([[a, b] for dow, a, b in version.weekly if dow == n]) for n in range(7)}
        return days | {
            "mode": version.mode, "tz": version.tz, "covered_through": version.covered_through, "source_note": version.source_note,
            "exceptions": wording.shown_exceptions(version.exceptions),
        }  # fmt: skip

    def days(self):
        """The seven fields of the week."""
        return [self[f"day_{index}"] for index in range(7)]

    def clean(self):
        cleaned = super().clean()
        weekly = []
        for index in range(7):
            weekly += [[index, *part] for part in self._read(f"day_{index}", wording.intervals)]
        cleaned["weekly"] = weekly
        cleaned["exceptions"] = self._read("exceptions", wording.exceptions)
        if cleaned.get("mode") == Mode.WEEKLY and not weekly and not self.errors:
            self.add_error("day_0", _("Enter hours for at least one weekday; otherwise nothing would ever be due."))
        return cleaned

    def _read(self, name, read):
        try:
            return read(self.cleaned_data.get(name) or "")
        except ValueError as error:
            self.add_error(name, _("“%(text)s” can't be read. Write times as 09:00-12:00, in order and without overlap.") % {"text": error})
            return []

    def hours(self):
        """The arguments of services.publish."""
        names = ("mode", "tz", "weekly", "exceptions", "covered_through", "source_note")
        held = {name: self.cleaned_data[name] for name in names}
        return held | {"weekly": [], "exceptions": {}, "covered_through": None} if held["mode"] == Mode.ALWAYS else held
