"""Input of the pages about agreements."""

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality, Service
from itsm.calendars.models import Calendar
from itsm.people.models import Organisation
from itsm.people.zones import company_day, company_zone
from sla import rules
from sla.models import PAUSE_REASONS, Agreement, AgreementVersion, Metric, ReopenRule
from sla.services.promises import STARTED

_LENGTH = re.compile(r"^(?:(\d+)\s*(?:h|小时|时))?\s*(?:(\d+)\s*(?:min|m|分钟|分))?$", re.IGNORECASE)
LONGEST_S = 2000 * 3600


def seconds_of(text):
    """Seconds from "2 min", "8 h" or "1 h 30 min". Raises ValueError; there are no days, because a day has no one length."""
    found = _LENGTH.match(text.strip())
    if not found or not any(found.groups()):
        raise ValueError(text)
    hours, minutes = (int(part or 0) for part in found.groups())
    seconds = hours * 3600 + minutes * 60
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(text)
    return seconds


def length_of(seconds):
    """Text from seconds, as `seconds_of` reads it."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


class AgreementForm(forms.ModelForm):
    """With whom, and about what."""

    class Meta:
        model = Agreement
        fields = ["customer", "service", "name"]
        help_texts = {"service": _("Empty: about every service that has no agreement of its own.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Organisation.objects.customers().living()
        self.fields["service"].queryset = Service.objects.live()


class VersionForm(forms.Form):
    """A draft: from when, what is promised, and what stops the clock."""

    effective_on = forms.DateField(label=_("in force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    approved_note = forms.CharField(
        label=_("how the customer agreed"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who agreed, when, in which letter or meeting. Needed to publish."),
    )  # fmt: skip
    pause_reasons = forms.MultipleChoiceField(
        label=_("reasons that stop the clock"), required=False, choices=PAUSE_REASONS, widget=forms.CheckboxSelectMultiple
    )
    reopen_rule = forms.ChoiceField(label=_("when it is reopened"), choices=ReopenRule)
    workload_limits = forms.CharField(label=_("workload limits"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    exceptions = forms.CharField(label=_("exceptions"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, version: AgreementVersion, **kwargs):
        self.version = version
        kwargs["initial"] = _initial_of(version)
        super().__init__(*args, **kwargs)
        calendars = Calendar.objects.living()
        for tier, priority in self.cells():
            for metric in STARTED:
                self.fields[f"{tier}_{priority}_{metric}"] = forms.CharField(
                    label=_label(tier, priority, metric), required=False, max_length=20
                )
            self.fields[f"{tier}_{priority}_calendar"] = forms.ModelChoiceField(
                calendars, label=_label(tier, priority, _("Calendar")), required=False
            )

    def cells(self):
        """The (tier, priority) that this agreement may promise something for."""
        service = self.version.agreement.service
        tiers = [service.criticality] if service else Criticality.values
        return [(tier, priority) for tier in tiers for priority in rules.PRIORITIES]

    def rows(self):
        """`[(tier label, priority, response field, resolution field, calendar field)]` for the table."""
        return [
            (Criticality(tier).label, priority, *(self[f"{tier}_{priority}_{part}"] for part in (*STARTED, "calendar")))
            for tier, priority in self.cells()
        ]

    def clean(self):
        cleaned = super().clean()
        cleaned["targets"] = {}
        for tier, priority in self.cells():
            self._read(cleaned, tier, priority)
        return cleaned

    def _read(self, cleaned, tier, priority):
        """One row of the table into `targets`; an empty row promises nothing."""
        calendar = cleaned.get(f"{tier}_{priority}_calendar")
        for metric in STARTED:
            name = f"{tier}_{priority}_{metric}"
            text = cleaned.get(name) or ""
            if not text.strip():
                continue
            if calendar is None and f"{tier}_{priority}_calendar" not in self.errors:
                self.add_error(f"{tier}_{priority}_calendar", _("Choose the calendar that this row is measured on."))
            try:
                cleaned["targets"][tier, priority, metric] = (seconds_of(text), calendar)
            except ValueError:
                self.add_error(name, _("Write a time such as 30 min, 8 h or 1 h 30 min."))

    def terms(self):
        """The arguments of services.save_draft."""
        cleaned = self.cleaned_data
        names = ("approved_note", "pause_reasons", "reopen_rule", "workload_limits", "exceptions", "targets")
        midnight = datetime.combine(cleaned["effective_on"], time(), ZoneInfo(company_zone()))
        return {name: cleaned[name] for name in names} | {"effective_from": midnight}


def _label(tier, priority, part):
    """The name of a field of the table, for those who can't see the table."""
    part = Metric(part).label if part in Metric.values else part
    return f"{Criticality(tier).label} P{priority}: {part}"


def _initial_of(version):
    names = ("approved_note", "pause_reasons", "reopen_rule", "workload_limits", "exceptions")
    initial = {name: getattr(version, name) for name in names} | {"effective_on": company_day(version.effective_from)}
    for target in version.targets.all():
        initial[f"{target.tier}_{target.priority}_{target.metric}"] = length_of(target.seconds)
        initial[f"{target.tier}_{target.priority}_calendar"] = target.calendar_id
    return initial
