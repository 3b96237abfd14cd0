"""Input about configuration items."""

import re

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from catalog import authority
from catalog.imports.reading import LARGEST
from catalog.models import ConfigurationItem, ItemType, ItemUpdate, RelationKind
from catalog.models.configuration import CODE
from catalog.shipped import SERVICE_TYPE
from itsm.core.errors import Refused
from itsm.people.models import Person, Team

MOST_PICKED = 200
RESERVED = ("new", "import", "updates", "find")
"""Codes that are addresses of pages."""


class ItemPicker(forms.SelectMultiple):
    """Items found by code or name; only those that are chosen are in the page, however many there are."""

    def __init__(self, attrs=None):
        super().__init__({"data-picker": "1", "data-url": reverse_lazy("catalog:item_find"), **(attrs or {})})

    def optgroups(self, name, value, attrs=None):
        picked = ConfigurationItem.objects.filter(code__in=[code for code in value if is_code(code)]).select_related("service")
        self.choices = [(item.code, f"{item.code} · {item.label()}") for item in picked]
        return super().optgroups(name, value, attrs)


class ItemsField(forms.ModelMultipleChoiceField):
    """Any number of configuration items by their codes."""

    widget = ItemPicker

    def __init__(self, *, queryset=None, required=False, **details):
        found = ConfigurationItem.objects.all() if queryset is None else queryset
        super().__init__(found, required=required, to_field_name="code", **details)

    def clean(self, value):
        value = list(value or [])
        if len(value) > MOST_PICKED or not all(isinstance(code, str) and is_code(code) for code in value):
            raise forms.ValidationError(_("Choose items of the list, at most %(most)d.") % {"most": MOST_PICKED})
        return super().clean(value)


def is_code(text):
    """Whether a text can be the code of an item."""
    return bool(re.match(CODE, str(text))) and len(str(text)) <= 60


class ChangeField(forms.ChoiceField):
    """One of the changes that are under way, or none; its value is the record. Fill `choices` with `offer(records)`."""

    def __init__(self, **details):
        details = {"label": _("under which change"), "required": False, **details}
        super().__init__(**details)
        self.records = {}

    def offer(self, records, none=None):
        """Let the reader choose among these records."""
        self.records = {str(record): record for record in records}
        first = none or _("No change: listed as unauthorised")
        self.choices = [("", first), *((number, f"{number} {getattr(record, 'title', '')}") for number, record in self.records.items())]

    def clean(self, value):
        return self.records.get(super().clean(value))


class ItemForm(forms.ModelForm):
    """What is known of an item, what it hangs on, and under which change it is updated."""

    runs_on = ItemsField(label=RelationKind.RUNS_ON.label)
    depends_on = ItemsField(label=RelationKind.DEPENDS_ON.label)
    part_of = ItemsField(label=RelationKind.PART_OF.label)
    change = ChangeField()
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    class Meta:
        model = ConfigurationItem
        fields = ["code", "name", "type", "status", "owner", "team", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, changes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = Person.objects.internal().active()
        self.fields["team"].queryset = Team.objects.living()
        self.fields["type"].queryset = ItemType.objects.exclude(code=SERVICE_TYPE)
        self.fields["change"].offer(changes)
        self.fields["description"].max_length = 10_000
        if self.instance.pk:
            del self.fields["code"]
        if self.instance.service_id:
            for name in ("name", "type", "status", "owner", "team", "description"):
                del self.fields[name]

    def _get_validation_exclusions(self):
        """Whether a code is taken is left to the service, which answers a repeated request with what it did the first time."""
        return {*super()._get_validation_exclusions(), "code"}

    def clean_code(self):
        """The code is part of the address, where some words are pages."""
        if not is_code(self.cleaned_data["code"]):
            raise forms.ValidationError(_("Use letters, digits, . _ and - only."))
        if self.cleaned_data["code"].lower() in RESERVED:
            raise forms.ValidationError(_("This code is the address of another page. Choose another one."))
        return self.cleaned_data["code"]

    def facts(self):
        """`{field: value}` of what is known."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields and name != "code"}

    def relations(self):
        """`{(kind, parent)}` of all that it hangs on."""
        return {(kind, parent) for kind in RelationKind.values for parent in self.cleaned_data[kind]}


class ExplainForm(forms.Form):
    """Why some updates have no change, or whose change they were."""

    updates = forms.ModelMultipleChoiceField(queryset=ItemUpdate.objects.unexplained(), label=_("updates"))
    words = forms.CharField(label=_("how it came to them"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    number = forms.CharField(label=_("change they belonged to"), required=False, max_length=40)

    def __init__(self, *args, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_number(self):
        """The change of that number becomes `change`."""
        try:
            self.cleaned_data["change"] = authority.find(self.cleaned_data["number"], self.person)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused
        return self.cleaned_data["number"]


class UploadForm(forms.Form):
    """A list of items."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self):
        """Its bytes, if there are not too many of them."""
        if self.cleaned_data["file"].size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB. Split it."))
        return self.cleaned_data["file"]


class ConfirmForm(forms.Form):
    """The list that was previewed, as it was previewed."""

    kept = forms.RegexField(r"^[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    change = ChangeField(label=_("Change that allows the updates"))

    def __init__(self, *args, changes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["change"].offer(changes)
