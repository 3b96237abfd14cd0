"""Input of the page on which a change is written."""

from datetime import timedelta

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from changes.forms.acts import KeyedForm
from changes.forms.pickers import ManyField, SearchedField
from changes.forms.plan import PlanField
from changes.models import Category, Kind
from changes.services import models, sense
from itsm.people.models import Organisation, Person

FARTHEST, FORMER = timedelta(days=731), timedelta(days=31)
SETS = ("services", "items", "customers")
LEFT = _("This person has left or is none of ours. Choose somebody else.")


def _area(label, rows, **details):
    return forms.CharField(label=label, required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}), **details)


def _instant(label):
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


class AroundForm(KeyedForm):
    """What every change says beside its content: title, benefit, window, people, what it touches. `change`: the one edited, or None."""

    onto = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("title"), max_length=200)
    benefit = _area(_("benefit"), 2)
    starts_at = _instant(_("window from"))
    ends_at = _instant(_("window until"))
    implementer = forms.ModelChoiceField(
        Person.objects.none(), label=_("carried out by"), required=False, error_messages={"invalid_choice": LEFT}
    )
    services = ManyField(Service.objects.none(), label=_("services"))
    items = SearchedField(ConfigurationItem.objects.none(), label=_("configuration items"))
    customers = ManyField(Organisation.objects.none(), label=_("customers concerned"))

    def __init__(self, data=None, files=None, *, change=None, now, **details):
        super().__init__(data, files, **details)
        self.change, self.now = change, now
        kept = {name: getattr(change, name).values("pk") if change else [] for name in SETS}
        self.fields["services"].queryset = Service.objects.filter(Q(retired_at=None) | Q(pk__in=kept["services"]))
        self.fields["items"].queryset = ConfigurationItem.objects.living() | ConfigurationItem.objects.filter(pk__in=kept["items"])
        living = Organisation.objects.filter(Q(retired_at=None) | Q(pk__in=kept["customers"]))
        self.fields["customers"].queryset = living.customers()
        self.fields["implementer"].queryset = Person.objects.internal().active().order_by("name", "id")
        self.fields["items"].draw(self["items"].value())

    def clean(self):
        cleaned = super().clean()
        self._check_window(cleaned.get("starts_at"), cleaned.get("ends_at"))
        self._check_retired(cleaned)
        return cleaned

    def _check_window(self, starts_at, ends_at):
        if "starts_at" in self.errors or "ends_at" in self.errors:
            return
        if bool(starts_at) != bool(ends_at):
            self.add_error("ends_at" if starts_at else "starts_at", _("A window has a beginning and an end. Enter both, or neither."))
        elif starts_at and (sentence := self._window_refusal(starts_at, ends_at)):
            self.add_error("starts_at", sentence)

    def _window_refusal(self, starts_at, ends_at):
        if self.change and (starts_at, ends_at) == (self.change.starts_at, self.change.ends_at):
            return None
        if found := sense.window_refusals(starts_at, ends_at):
            return found[0]
        if starts_at > self.now + FARTHEST:
            return _("Choose a window within two years.")
        earliest = self.now - FORMER if self.kind() == Kind.EMERGENCY else self.now
        return _("This window has begun already. Choose a later one.") if starts_at < earliest else None

    def kind(self):
        """The type that was chosen, or that the change has."""
        return self.cleaned_data.get("kind") or (self.change.kind if self.change else "")

    def _check_retired(self, cleaned):
        """What was retired after it was chosen is taken out, unless the change is under way already."""
        if self.change and self.change.started_at:
            return
        for name in SETS:
            gone = [row for row in cleaned.get(name) or () if getattr(row, "retired_at", None) or getattr(row, "status", "") == "retired"]
            if gone:
                self.add_error(name, _("%(gone)s is retired meanwhile. Take it out.") % {"gone": ", ".join(map(str, gone))})


class ContentForm(forms.Form):
    """What a change says of itself; the same a model of standard changes says."""

    category = forms.ChoiceField(label=_("category"), choices=[("", "—"), *Category.choices])
    reason = forms.CharField(label=_("reason"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    impact = _area(_("what customers notice"), 2, help_text=_("In their words: what does not work, and for how long."))
    interrupts = forms.BooleanField(label=_("the service is interrupted or slow meanwhile"), required=False)
    back_out_plan = _area(_("back-out plan"), 3, help_text=_("By when you decide to go back, how, and how long that takes."))
    test_evidence = _area(_("how it was tested"), 3)

    def __init__(self, data=None, files=None, *, plan=(), **details):
        super().__init__(data, files, **details)
        self.plan = PlanField(data, plan)

    def clean(self):
        cleaned = super().clean()
        try:
            cleaned["plan"] = self.plan.cleaned()
        except forms.ValidationError as wrong:
            self.plan_errors = wrong.messages
            self.add_error(None, _("The plan is not right yet."))
        return cleaned


class ChangeForm(ContentForm, AroundForm):
    """A normal or emergency change, all of it."""

    kind = forms.ChoiceField(label=_("type"), choices=[choice for choice in Kind.choices if choice[0] != Kind.STANDARD])

    def kind_is_emergency(self):
        """Whether the form is about an emergency as it stands."""
        return self["kind"].value() == Kind.EMERGENCY


class FollowForm(AroundForm):
    """A standard change: everything else is the model's."""

    model = forms.ModelChoiceField(None, label=_("model"), to_field_name="code", widget=forms.HiddenInput, error_messages={
        "invalid_choice": _("This model can't be used at present. Choose another one, or ask for a normal change.")})  # fmt: skip

    def __init__(self, *args, now, change=None, **details):
        super().__init__(*args, now=now, change=change, **details)
        if change:
            del self.fields["model"]
        else:
            self.fields["model"].queryset = models.usable(now)
