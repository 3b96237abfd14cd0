"""Input of the promise check: targets to try, the share that should be met, whose tickets."""

from bisect import bisect_left

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality
from sla.forms import length_of, seconds_of
from sla.models import Metric
from sla.replaying import NICE_S
from sla.services.checking import CHECKED, WISHED, Population


class CheckForm(forms.Form):
    """What is asked; whatever isn't said stands as the version has it, so an address with one target is a whole question.

    `tried()`, `wish` and `whose` are always usable: what was wrong is left out, and `errors` says so.
    """

    wished = forms.DecimalField(
        label=_("wished share in percent"), min_value=50, max_value=100, max_digits=4, decimal_places=1,
        widget=forms.NumberInput(attrs={"class": "x-short", "min": 50, "max": 100, "step": "any"}),
        error_messages=dict.fromkeys(
            ("invalid", "required", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            _("Write a share from 50 to 100 percent, such as 95."),
        ),
    )  # fmt: skip
    population = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"invalid_choice": _("Choose whose tickets to replay.")})

    def __init__(self, version, asked):
        self.own = {(t.tier, t.priority, t.metric): t.seconds for t in version.targets.all() if t.metric in CHECKED}
        self.names = {key: "{}_{}_{}".format(*key) for key in self.own}
        texts = {self.names[key]: length_of(seconds) for key, seconds in self.own.items()}
        given = texts | {"wished": str(WISHED), "population": Population.CUSTOMER.value}
        super().__init__(given | {name: asked[name] for name in given if name in asked}, auto_id="t_%s")
        offered = [choice for choice in Population.choices if choice[0] != Population.SERVICE or version.agreement.service_id]
        self.fields["population"].choices = offered
        for key, name in self.names.items():
            self.fields[name] = LengthField(_label(*key), texts[name], self.own[key])
        self.full_clean()

    @property
    def wish(self):
        """The share that should be met, in percent."""
        return self.cleaned_data.get("wished", WISHED)

    @property
    def whose(self):
        """Whose tickets."""
        return self.cleaned_data.get("population", Population.CUSTOMER.value)

    def tried(self):
        """`{(tier, priority, metric): seconds}` of every target that was understood."""
        return {key: self.cleaned_data[name] for key, name in self.names.items() if name in self.cleaned_data}

    def changes(self):
        """Whether a target differs from the version's."""
        return any(seconds != self.own[key] for key, seconds in self.tried().items())

    @property
    def last_step(self):
        """The last place of a slider."""
        return len(NICE_S) - 1

    def step_of(self, key):
        """Where the slider of a target stands."""
        return min(bisect_left(NICE_S, self.tried().get(key, self.own[key])), self.last_step)


class LengthField(forms.CharField):
    """A length of service time; the version's own text means exactly the version's own seconds."""

    def __init__(self, label, own_text, own_seconds):
        super().__init__(label=label, max_length=20, error_messages={"required": WRONG, "max_length": WRONG})
        self.own_text, self.own_seconds = own_text, own_seconds
        self.required = bool(own_text)

    def clean(self, value):
        text = super().clean(value)
        if text == self.own_text:
            return self.own_seconds
        try:
            return seconds_of(text)
        except ValueError:
            raise forms.ValidationError(WRONG) from None


WRONG = _("Write a time such as 30 min or 1 h 30 min, more than nothing and at most 2000 h.")


def _label(tier, priority, metric):
    return f"{Criticality(tier).label} P{priority}: {Metric(metric).label}"
