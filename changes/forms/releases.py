"""Input of the pages of releases and transitions."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Service
from changes.forms.acts import KeyedForm, ReasonForm
from changes.models import Change, Release, Result, Transition
from itsm.people.models import Person, Team

AREA = forms.Textarea(attrs={"rows": 3})
WHEN = {"format": "%Y-%m-%dT%H:%M", "attrs": {"type": "datetime-local"}}


class ReleaseForm(forms.ModelForm):
    """What a release is made of; the criteria one a line."""

    bundled = forms.ModelMultipleChoiceField(label=_("changes"), queryset=Change.objects.none(), required=False)
    criteria = forms.CharField(
        label=_("acceptance criteria"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=10_000,
        help_text=_("One a line: what has to hold before it goes out."),
    )  # fmt: skip
    onto = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Release
        fields = ["kind", "title", "purpose", "packages", "plan", "notes", "owner", "starts_at", "ends_at", "transition"]
        widgets = {
            "purpose": AREA, "packages": AREA, "plan": AREA, "notes": AREA, "starts_at": forms.DateTimeInput(**WHEN),
            "ends_at": forms.DateTimeInput(**WHEN),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = list(self.instance.changes.values_list("pk", flat=True)) if self.instance.pk else []
        joinable = Change.objects.open().filter(release_entry=None) | Change.objects.filter(pk__in=held)
        self.fields["bundled"].queryset = joinable.distinct().order_by("-number")
        self.fields["bundled"].label_from_instance = lambda change: f"{change.shown_number} {change.title}"
        self.fields["owner"].queryset = Person.objects.internal().active()
        self.fields["transition"].label_from_instance = lambda transition: f"{transition.shown_number} {transition.title}"
        if self.instance.pk:
            self.initial["bundled"] = held
            self.initial["criteria"] = "\n".join(self.instance.criteria.values_list("words", flat=True))
            self.initial["onto"] = self.instance.steps_taken

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("It ends after it starts."))
        return cleaned

    def said(self):
        """What the service is given: the fields, the changes and the criteria."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return fields | {"changes": self.cleaned_data["bundled"], "criteria": self.cleaned_data["criteria"].splitlines()}


class VerifyForm(forms.Form):
    """Whether a criterion holds, and what shows it."""

    met = forms.TypedChoiceField(
        label=_("Is it met?"), choices=[("yes", pgettext_lazy("criterion", "Met")), ("no", _("Not met"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        error_messages={"required": _("Choose one: met or not met.")},
    )  # fmt: skip
    evidence = forms.CharField(label=_("evidence"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class CloseReleaseForm(KeyedForm):
    """What came of a release."""

    result = forms.ChoiceField(label=_("result"), choices=Result.choices)
    analysis = forms.CharField(label=_("what was learnt"), widget=AREA, max_length=10_000)


class TransitionForm(forms.ModelForm):
    """What is written about a service that comes, changes greatly, goes or moves."""

    onto = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Transition
        fields = [
            "kind", "title", "service", "responsible", "target_on", "plan", "acceptance_criteria", "expected_outcomes", "impact", "design",
            "test_results",
        ]  # fmt: skip
        widgets = {
            "target_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            **dict.fromkeys(("plan", "acceptance_criteria", "expected_outcomes", "impact", "design", "test_results"), AREA),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.live()
        self.fields["responsible"].queryset = Person.objects.internal().active()
        if self.instance.pk:
            self.initial["onto"] = self.instance.steps_taken

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") not in (None, "", "new") and not cleaned.get("service"):
            self.add_error("service", _("Choose the service that it is about."))
        return cleaned

    def said(self):
        """What the service is given."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AcceptForm(KeyedForm):
    """Acceptance of a service, in words."""

    words = forms.CharField(label=_("what was seen"), widget=AREA, max_length=5000)


class HandOverForm(KeyedForm):
    """Who runs it from now on, with what."""

    team = forms.ModelChoiceField(label=_("handed over to"), queryset=Team.objects.living())
    hand_over = forms.CharField(label=_("what was handed over"), widget=AREA, max_length=5000)
    achieved = forms.CharField(label=_("what was achieved against the plan"), widget=AREA, max_length=5000)


RELEASE_FORMS = {"ready": KeyedForm, "replan": KeyedForm, "deploy": KeyedForm, "close": CloseReleaseForm, "cancel": ReasonForm}
TRANSITION_FORMS = {"planned": KeyedForm, "designed": KeyedForm, "accept": AcceptForm, "hand_it_over": HandOverForm, "cancel": ReasonForm}
