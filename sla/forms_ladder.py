"""Input of the ladder's page: its steps, and the contact with which it is tried out."""

from datetime import datetime, time, timedelta

from django import forms
from django.forms import formset_factory
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality
from itsm.people.models import Person, Role, Team
from sla import ladder, rules
from sla.models import Metric

MOST_RUNGS = 20
PRIORITIES = [(priority, f"P{priority}") for priority in rules.PRIORITIES]
FRIDAY, FARTHEST_DAYS = 4, 731
BLANK = {"priorities": list(rules.PRIORITIES)}
TICKS = forms.CheckboxSelectMultiple(attrs={"class": "c-check"})


class RungForm(forms.Form):
    """One step: its mark in percent, or minutes after the breach by priority, and who is told for what."""

    mark = forms.IntegerField(label=_("percent of the target"), min_value=1, max_value=1000)
    who = forms.MultipleChoiceField(
        label=_("who is told"), choices=list(ladder.WORDS.items()), widget=TICKS, error_messages={"required": _("Say who is told.")}
    )
    priorities = forms.TypedMultipleChoiceField(
        label=_("priorities"), choices=PRIORITIES, coerce=int, widget=TICKS, error_messages={"required": _("Say for which priorities.")}
    )
    metrics = forms.MultipleChoiceField(label=_("only for"), choices=Metric, required=False, widget=TICKS)
    minutes_1 = forms.IntegerField(label="P1", required=False, min_value=1, max_value=100_000)
    minutes_2 = forms.IntegerField(label="P2", required=False, min_value=1, max_value=100_000)
    minutes_3 = forms.IntegerField(label="P3", required=False, min_value=1, max_value=100_000)
    minutes_4 = forms.IntegerField(label="P4", required=False, min_value=1, max_value=100_000)

    def minutes(self):
        """The fields of the minutes, for the table."""
        return [self[f"minutes_{priority}"] for priority in rules.PRIORITIES]

    def rung(self):
        """The Rung that was typed."""
        cleaned = self.cleaned_data
        minutes = {p: given for p in cleaned["priorities"] if (given := cleaned.get(f"minutes_{p}"))}
        return ladder.Rung(cleaned["mark"], tuple(cleaned["who"]), tuple(cleaned["priorities"]), tuple(cleaned["metrics"]), minutes)


class BaseRungs(forms.BaseFormSet):
    """A whole ladder; `targets` are what it is for."""

    def __init__(self, *args, targets=(), **kwargs):
        self.targets = targets
        super().__init__(*args, prefix="rung", **kwargs)

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"use_required_attribute": False}

    def rungs(self):
        """The Rungs that were typed, lowest first."""
        return sorted((form.rung() for form in self.forms), key=lambda rung: rung.mark)

    def kept(self):
        """The ladder that the rows make, as a version keeps it; None while something is wrong."""
        rows = self if self.is_bound else Rungs(_as_data(self.initial), targets=self.targets)
        return [rung.kept() for rung in rows.rungs()] if rows.is_valid() else None

    def clean(self):
        if not any(self.errors) and (found := ladder.refusals(self.rungs(), self.targets)):
            raise forms.ValidationError(found)


Rungs = formset_factory(RungForm, BaseRungs, extra=0, max_num=MOST_RUNGS, absolute_max=MOST_RUNGS, validate_max=True)


def rows_of(kept):
    """The rows of a kept ladder, as the formset begins with them."""
    return [
        {"mark": rung.mark, "who": list(rung.who), "priorities": list(rung.priorities), "metrics": list(rung.metrics)}
        | {f"minutes_{priority}": minutes for priority, minutes in rung.minutes.items()}
        for rung in ladder.read(kept or ladder.default())
    ]


def rows_typed(data):
    """The rows of a form as they were typed, right or wrong."""
    total = data.get("rung-TOTAL_FORMS", "")
    count = min(int(total), MOST_RUNGS) if total.isascii() and total.isdigit() and len(total) < 4 else 0
    many, single = ("who", "priorities", "metrics"), ("mark", *(f"minutes_{priority}" for priority in rules.PRIORITIES))
    return [
        {name: data.getlist(f"rung-{i}-{name}") for name in many} | {name: data.get(f"rung-{i}-{name}", "") for name in single}
        for i in range(count)
    ]


def _as_data(rows):
    """Rows as a browser would send them."""
    data = {"rung-TOTAL_FORMS": len(rows), "rung-INITIAL_FORMS": 0}
    return data | {f"rung-{i}-{name}": value for i, row in enumerate(rows) for name, value in row.items()}


class TrialForm(forms.Form):
    """A contact to try the ladder with; times are the reader's."""

    priority = forms.TypedChoiceField(label=_("priority"), choices=PRIORITIES, coerce=int)
    tier = forms.ChoiceField(label=_("criticality"), choices=Criticality)
    weekday = forms.TypedChoiceField(label=_("weekday"), choices=list(WEEKDAYS.items()), coerce=int)
    at = forms.TimeField(label=_("time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    on = forms.DateField(
        label=_("or on this day"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "is-date"}, format="%Y-%m-%d")
    )
    team = forms.ModelChoiceField(Team.objects.living(), label=_("team"), required=False)
    assignee = forms.ModelChoiceField(Person.objects.none(), label=_("owner"), required=False, empty_label=_("nobody yet"))

    def __init__(self, *args, version, now, **kwargs):
        self.now = now
        super().__init__(*args, prefix="try", use_required_attribute=False, **kwargs)
        self.fields["assignee"].queryset = (
            Person.objects.active().filter(appointments__role=Role.ENGINEER).distinct().order_by("name", "id")
        )
        service = version.agreement.service
        if service:
            self.fields["tier"].choices = [(service.criticality, Criticality(service.criticality).label)]

    @classmethod
    def usual(cls, version):
        """What is asked first: a P1 at 18:55 on the next Friday, with the service's team, and nobody who has it."""
        service = version.agreement.service
        team = service.team if service else Team.objects.living().order_by("id").first()
        return {
            "try-priority": 1, "try-tier": service.criticality if service else Criticality.CORE, "try-weekday": FRIDAY, "try-at": "18:55",
            "try-team": team.pk if team else "",
        }  # fmt: skip

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and abs((day - timezone.localtime(self.now).date()).days) > FARTHEST_DAYS:
            raise forms.ValidationError(_("Choose a day within two years."))
        return day

    def contact(self):
        """The arguments of services.rehearse but the version."""
        cleaned = self.cleaned_data
        here = timezone.localtime(self.now)
        day = cleaned["on"] or here.date() + timedelta(days=(cleaned["weekday"] - here.weekday()) % 7)
        at = datetime.combine(day, cleaned["at"] or time(), timezone.get_current_timezone())
        return {name: cleaned[name] for name in ("priority", "tier", "team", "assignee")} | {"contacted_at": at}
