"""Input of the catalogue's pages."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from catalog.models import Entitlement, Service
from itsm.people.models import Organisation, Person, Team


class ServiceForm(forms.ModelForm):
    """One service with its four facets in two languages."""

    class Meta:
        model = Service
        fields = [
            "code", "name", "name_en", "criticality", "kind", "owner", "team", "content", "content_en",
            "target", "target_en", "audience", "audience_en", "cost", "cost_en",
        ]  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 2})
            for facet in ("content", "target", "audience", "cost")
            for name in (facet, f"{facet}_en")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = Person.objects.internal().active()
        self.fields["team"].queryset = Team.objects.living()

    def clean_code(self):
        """The code is part of the address, where `new` is the page for new services."""
        if self.cleaned_data["code"].lower() == "new":
            raise forms.ValidationError(_("This code is taken by the page for new services. Choose another one."))
        return self.cleaned_data["code"]


LAST_DAY = MaxValueValidator(date(9998, 12, 31))


class EntitlementForm(forms.Form):
    """Who bought the service, and for which days."""

    customer = forms.ModelChoiceField(label=_("customer"), queryset=Organisation.objects.customers().living())
    first_on = forms.DateField(label=_("first day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_on = forms.DateField(
        label=_("last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: until ended."),
        validators=[LAST_DAY],
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day comes before the first."))
        elif first:
            cleaned["valid"] = Entitlement(valid=DateRange(first, None)).until(last) if last else DateRange(first, None)
        return cleaned


class EndForm(forms.Form):
    """The last day of something."""

    last_on = forms.DateField(label=_("last day"), widget=forms.DateInput(attrs={"type": "date"}), validators=[LAST_DAY])
