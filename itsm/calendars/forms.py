"""Input of the pages about calendars."""

from functools import partial
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from itsm.calendars import rules, suggesting, wording
from itsm.calendars.models import Calendar, Mode, Purpose

WEEKDAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


NO_ZONE = _("There is no such time zone. Choose one of the list, such as Asia/Shanghai.")


class NamesForm(forms.ModelForm):
    """What a calendar is called."""

    class Meta:
        model = Calendar
        fields = ["name", "name_en"]


class NewCalendarForm(NamesForm):
    """A calendar's code, names, and what it is for."""

    class Meta(NamesForm.Meta):
        fields = ["code", "name", "name_en", "purpose"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].required = False

    def clean_purpose(self):
        return self.cleaned_data["purpose"] or Purpose.HOURS


class HoursForm(forms.Form):
    """The hours of a version: a week as text, exceptions one a line."""

    onto = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    mode = forms.ChoiceField(label=_("mode"), choices=Mode)
    tz = forms.ChoiceField(
        label=_("time zone"),
        error_messages={"invalid_choice": _("There is no such time zone. Choose one of the list, such as Asia/Shanghai.")},
    )
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
            self.fields[f"day_{index}"] = forms.CharField(label=day, required=False, max_length=200)

    @staticmethod
    def initial_of(version):
        """What the form shows of a version."""
        days = {f"day_{n}": wording.shown([[a, b] for dow, a, b in version.weekly if dow == n]) for n in range(7)}
        return days | {
            "mode": version.mode, "tz": version.tz, "covered_through": version.covered_through, "source_note": version.source_note,
            "exceptions": wording.shown_exceptions(version.exceptions), "onto": version.no,
        }  # fmt: skip

    def days(self):
        """The seven fields of the week."""
        return [self[f"day_{index}"] for index in range(7)]

    def clean(self):
        cleaned = super().clean()
        weekly, clashes = wording.week([self._read(f"day_{index}", wording.intervals) for index in range(7)])
        for index, sentence in clashes.items():
            self.add_error(f"day_{index}", sentence)
        cleaned["weekly"] = weekly
        cleaned["exceptions"] = self._read("exceptions", partial(wording.exceptions, weekly=weekly)) or {}
        if wrong := rules.day_refusal(cleaned.get("covered_through")):
            self.add_error("covered_through", wrong)
        return cleaned

    def _read(self, name, read):
        try:
            return read(self.cleaned_data.get(name) or "")
        except wording.Unreadable as unreadable:
            self.add_error(name, unreadable.sentence)
            return []

    def hours(self):
        """The arguments of services.publish."""
        names = ("mode", "tz", "weekly", "exceptions", "covered_through", "source_note")
        held = {name: self.cleaned_data[name] for name in names}
        return held | {"weekly": [], "exceptions": {}, "covered_through": None} if held["mode"] == Mode.ALWAYS else held


class ListForm(forms.Form):
    """Whose holidays, of which year."""

    country = forms.ChoiceField(
        label=_("country or region"), error_messages={"invalid_choice": _("No holidays are known of this country. Choose one of the list.")}
    )
    year = forms.IntegerField(label=_("year"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = suggesting.countries().items()

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not rules.FIRST_DAY.year <= year <= rules.LAST_DAY.year:
            raise forms.ValidationError(rules.OUT_OF_RANGE % {"day": year})
        return year


class ChosenForm(forms.Form):
    """Which of the suggested days are taken over, and what the list then counts as."""

    onto = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    days = forms.MultipleChoiceField(required=False)
    act = forms.ChoiceField(required=False, choices=[("official", ""), ("suggestion", ""), ("preview", "")])
    confirmed = forms.BooleanField(label=_("This list is complete as it stands: no make-up workdays will follow"), required=False)

    def __init__(self, *args, changes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(change.key, change.key) for change in changes]
