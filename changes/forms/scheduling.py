"""Input about conflicts, freezes and the calendar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from changes.agenda import Filter
from changes.forms.acts import KeyedForm
from changes.models import Change, FreezeWindow, Kind
from changes.services import conflicts_of
from itsm.core import clock
from itsm.people.models import Person

LOCAL = {"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}


class OverrideForm(KeyedForm):
    """Which conflict a change may pass in spite of, and why."""

    key = forms.ChoiceField(label=_("in spite of what"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def suit(self, change):
        """Offer what is in the way of this change now."""
        choices = [(found.key, found.words) for found in conflicts_of(change, clock.now()) if found.can_be_overridden]
        self.fields["key"].choices = choices
        if choices:
            self.fields["key"].initial = choices[0][0]
        else:
            self.fields["key"].help_text = _("Nothing is in the way now.")


class SlotForm(forms.Form):
    """What an edit form says so far about window, items, services and implementer."""

    starts_at = forms.DateTimeField()
    ends_at = forms.DateTimeField()
    items = forms.ModelMultipleChoiceField(ConfigurationItem.objects.all(), required=False)
    services = forms.ModelMultipleChoiceField(Service.objects.all(), required=False)
    implementer = forms.ModelChoiceField(Person.objects.internal(), required=False)
    interrupts = forms.BooleanField(required=False)
    change = forms.ModelChoiceField(Change.objects.all(), to_field_name="number", required=False)

    def clean(self):
        found = super().clean()
        if found.get("starts_at") and found.get("ends_at") and found["ends_at"] <= found["starts_at"]:
            raise forms.ValidationError(_("The window must end after it begins."))
        return found


class FreezeForm(forms.ModelForm):
    """A freeze: when, for whom, and why."""

    starts_at = forms.DateTimeField(label=_("from"), **LOCAL)
    ends_at = forms.DateTimeField(label=_("until"), **LOCAL)

    class Meta:
        model = FreezeWindow
        fields = ["name", "name_en", "reason", "starts_at", "ends_at", "services"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["services"].queryset = Service.objects.live()
        self.fields["reason"].max_length = 2000

    def clean(self):
        found = super().clean()
        if found.get("starts_at") and found.get("ends_at") and found["ends_at"] <= found["starts_at"]:
            self.add_error("ends_at", _("The freeze must end after it begins."))
        return found


class CalendarForm(forms.Form):
    """What a calendar shows. Nonsense in an address shows everything."""

    service = forms.ModelChoiceField(Service.objects.live(), label=_("service"), to_field_name="code", required=False, empty_label=_("All"))
    kind = forms.ChoiceField(label=_("type"), choices=[("", _("All")), *Kind.choices], required=False)
    mine = forms.BooleanField(label=_("only mine"), required=False)

    def chosen(self):
        """The Filter."""
        self.is_valid()
        return Filter(**{name: self.cleaned_data[name] for name in ("service", "kind", "mine") if self.cleaned_data.get(name)})
