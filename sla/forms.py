"""Input of the pages about agreements."""

import re
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality, Service
from itsm.calendars.models import Calendar
from itsm.core import clock
from itsm.people.models import Organisation, Team
from itsm.people.zones import company_day, company_zone
from sla import rules
from sla.models import PAUSE_REASONS, AgreementKind, AgreementVersion, Metric, ReopenRule, WayOut
from sla.services.agreements import LONGEST_AHEAD
from sla.services.promises import metrics_of, newest_calendars
from sla.wording import in_days

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


class AgreementForm(forms.Form):
    """With whom, and about what; its kind decides which party is asked for."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("service"), required=False,
        help_text=_("Empty: about every service that has no agreement of its own."),
    )  # fmt: skip
    name = forms.CharField(label=_("name"), max_length=120)

    def __init__(self, *args, kind=AgreementKind.CUSTOMER, **kwargs):
        super().__init__(*args, **kwargs)
        name, label, choices = {
            AgreementKind.CUSTOMER: ("customer", _("customer"), Organisation.objects.customers().living()),
            AgreementKind.INTERNAL: ("team", _("team"), Team.objects.living()),
            AgreementKind.SUPPLIER: ("supplier", _("supplier"), Organisation.objects.filter(kind=Organisation.Kind.SUPPLIER).living()),
        }[kind]
        self.fields[name] = forms.ModelChoiceField(choices, label=label)
        self.fields["service"].queryset = Service.objects.live()
        self.order_fields([name, "service", "name"])


AREA = {"rows": 2}


class VersionForm(forms.Form):
    """A draft: from when, what is promised, and what stops the clock."""

    effective_on = forms.DateField(label=_("in force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    pause_reasons = forms.MultipleChoiceField(
        label=_("reasons that stop the clock"), required=False, choices=PAUSE_REASONS, widget=forms.CheckboxSelectMultiple
    )
    reopen_rule = forms.ChoiceField(label=_("when it is reopened"), choices=ReopenRule)
    service_calendar = forms.ModelChoiceField(
        Calendar.objects.none(), label=_("service hours"), required=False, help_text=_("When the service has to be available.")
    )
    maintenance_calendar = forms.ModelChoiceField(
        Calendar.objects.none(), label=_("maintenance windows"), required=False, help_text=_("When it may be down.")
    )
    availability = forms.DecimalField(
        label=_("availability target in percent"), required=False, min_value=Decimal("0.001"), max_value=100, max_digits=6, decimal_places=3
    )
    monthly_tickets = forms.IntegerField(label=_("tickets a month at most"), required=False, min_value=1, max_value=1_000_000)
    workload_limits = forms.CharField(label=_("workload limits"), required=False, max_length=5000, widget=forms.Textarea(attrs=AREA))
    exceptions = forms.CharField(label=_("exceptions"), required=False, max_length=5000, widget=forms.Textarea(attrs=AREA))
    risks_accepted = forms.CharField(
        label=_("why it is offered in spite of the warnings"), required=False, max_length=5000, widget=forms.Textarea(attrs=AREA),
        help_text=_("Needed only while the agreement's page shows warnings. The customer does not read it."),
    )  # fmt: skip

    def __init__(self, *args, version: AgreementVersion, **kwargs):
        self.version = version
        self.metrics = metrics_of(version.agreement)
        held = list(version.targets.all())
        kwargs["initial"] = _initial_of(version, held)
        super().__init__(*args, **kwargs)
        calendars = Calendar.objects.living()
        for name in ("service_calendar", "maintenance_calendar"):
            self.fields[name].queryset = calendars
        if version.agreement.kind != AgreementKind.CUSTOMER:
            for name in CUSTOMERS_TERMS:
                del self.fields[name]
        about = _in_days_of(held)
        for tier, priority in self.cells():
            for metric in self.metrics:
                self.fields[f"{tier}_{priority}_{metric}"] = forms.CharField(
                    label=_label(tier, priority, metric), required=False, max_length=20, help_text=about.get((tier, priority, metric), "")
                )
            self.fields[f"{tier}_{priority}_calendar"] = _calendar_field(calendars, _label(tier, priority, _("Calendar")))

    def cells(self):
        """The (tier, priority) that this agreement may promise something for."""
        service = self.version.agreement.service
        tiers = [service.criticality] if service else Criticality.values
        return [(tier, priority) for tier in tiers for priority in rules.PRIORITIES]

    def rows(self):
        """`[(tier label, priority, [field of each metric], calendar field)]` for the table."""
        return [
            (Criticality(tier).label, priority, [self[f"{tier}_{priority}_{m}"] for m in self.metrics], self[f"{tier}_{priority}_calendar"])
            for tier, priority in self.cells()
        ]

    def columns(self):
        """What stands above the metrics of the table."""
        return [Metric(metric).label for metric in self.metrics]

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if abs(day - company_day(clock.now())) > LONGEST_AHEAD:
            raise forms.ValidationError(_("Choose a day within the next five years."))
        return day

    def clean(self):
        cleaned = super().clean()
        cleaned["targets"] = {}
        for tier, priority in self.cells():
            self._read(cleaned, tier, priority)
        return cleaned

    def _read(self, cleaned, tier, priority):
        """One row of the table into `targets`; an empty row promises nothing."""
        calendar = cleaned.get(f"{tier}_{priority}_calendar")
        for metric in self.metrics:
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
        midnight = datetime.combine(cleaned["effective_on"], time(), ZoneInfo(company_zone()))
        terms = {name: cleaned[name] for name in (*WORDS, "targets") if name in cleaned} | {"effective_from": midnight}
        for name in ("service_calendar", "maintenance_calendar"):
            if name in cleaned:
                terms[f"{name}_id"] = cleaned[name].pk if cleaned[name] else None
        return terms


WORDS = ("pause_reasons", "reopen_rule", "availability", "monthly_tickets", "workload_limits", "exceptions", "risks_accepted")
CUSTOMERS_TERMS = ("pause_reasons", "reopen_rule", "service_calendar", "maintenance_calendar", "availability")


class NegotiationForm(forms.Form):
    """A line of the negotiation."""

    about = forms.CharField(label=_("about"), max_length=120)
    wanted = forms.CharField(label=_("what the customer wants"), max_length=5000, widget=forms.Textarea(attrs=AREA))
    able = forms.CharField(label=_("what we can do"), required=False, max_length=5000, widget=forms.Textarea(attrs=AREA))
    way_out = forms.ChoiceField(label=_("way out"), choices=WayOut, initial=WayOut.OPEN)
    words = forms.CharField(label=_("words"), required=False, max_length=5000, widget=forms.Textarea(attrs=AREA))


class DecisionForm(forms.Form):
    """What may be missing when a draft is offered or published."""

    risks_accepted = forms.CharField(required=False, max_length=5000)
    approved_note = forms.CharField(required=False, max_length=5000)


class ApplyForm(forms.Form):
    """How the other side agreed that open tickets follow a version, and the nod to what that breaks."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    agreed = forms.CharField(label=_("how it was agreed"), max_length=5000, widget=forms.Textarea(attrs=AREA))
    breach_accepted = forms.BooleanField(required=False)


def _calendar_field(calendars, label):
    return forms.ModelChoiceField(calendars, label=label, required=False)


def _label(tier, priority, part):
    """The name of a field of the table, for those who can't see the table."""
    part = Metric(part).label if part in Metric.values else part
    return f"{Criticality(tier).label} P{priority}: {part}"


def _initial_of(version, held):
    initial = {name: getattr(version, name) for name in WORDS} | {"effective_on": company_day(version.effective_from)}
    initial |= {"service_calendar": version.service_calendar_id, "maintenance_calendar": version.maintenance_calendar_id}
    for target in held:
        initial[f"{target.tier}_{target.priority}_{target.metric}"] = length_of(target.seconds)
        initial[f"{target.tier}_{target.priority}_calendar"] = target.calendar_id
    return initial


def _in_days_of(held):
    """Beside each saved target, about how many working days it is."""
    hours = newest_calendars({target.calendar_id for target in held})
    return {(t.tier, t.priority, t.metric): in_days(t.seconds, hours.get(t.calendar_id)) for t in held}
