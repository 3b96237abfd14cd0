"""What the figures are asked about: read from the address, whatever somebody wrote there."""

import dataclasses

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from catalog.models import Service
from changes import period
from changes.measures import BY, TIERS, Scope
from changes.measures.beside import TO_DO
from changes.measures.timing import LATE, NUDGES
from changes.models import Category
from itsm.people.models import Person, Role

ALL = [("", _("All"))]


def month_words(day, form=None):
    """A month as people write it: "March 2026"."""
    return date_format(day, form or pgettext("year and month", "F Y"))


class FiguresForm(forms.Form):
    """Months from and to, and perhaps one tier, category or service; what makes no sense counts as not said."""

    tier = forms.ChoiceField(label=_("tier"), choices=[*ALL, *TIERS], required=False)
    category = forms.ChoiceField(label=_("category"), choices=[*ALL, *Category.choices], required=False)
    service = forms.ModelChoiceField(label=_("service"), queryset=Service.objects.all(), empty_label=_("All"), required=False)
    by = forms.ChoiceField(label=_("told apart by"), choices=BY, required=False)

    def __init__(self, data, *, at):
        super().__init__(data)
        self.at = at
        months = [(f"{month:%Y-%m}", month_words(month)) for month in period.choices(at)]
        for name, label in (("from", _("from")), ("to", _("to"))):
            self.fields[name] = forms.CharField(label=label, widget=forms.Select(choices=months), required=False, max_length=7)
        self.order_fields(["from", "to", "tier", "category", "service", "by"])

    def scope(self):
        """The Scope that is asked about."""
        said = self.cleaned_data if self.is_valid() or self.errors else {}
        chosen = period.named(said.get("from", ""), said.get("to", ""), self.at)
        return Scope(chosen, said.get("tier", ""), said.get("category", ""), said.get("service"), said.get("by") or BY[0][0])


@dataclasses.dataclass(frozen=True)
class Chosen:
    """Which of a figure's rows are listed; "" and None stand for all of them."""

    role: str = ""
    person: Person | None = None
    nudge: str = ""
    late: str = ""
    state: str = ""

    @property
    def query(self):
        """The choice as keys of an address."""
        kept = {**vars(self), "person": self.person and self.person.pk}
        return {name: value for name, value in kept.items() if value}


class RowsForm(forms.Form):
    """Which of a figure's rows."""

    role = forms.ChoiceField(choices=Role.choices, required=False)
    person = forms.ModelChoiceField(queryset=Person.objects.all(), required=False)
    nudge = forms.ChoiceField(choices=[(nudge, nudge) for nudge in NUDGES], required=False)
    late = forms.ChoiceField(choices=[(late, late) for late in LATE if late], required=False)
    state = forms.ChoiceField(choices=[(status, status) for status in TO_DO], required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000, required=False)

    def chosen(self):
        """What was chosen, each "" (a person: None) where it makes no sense."""
        said = self.cleaned_data if self.is_valid() or self.errors else {}
        texts = {name: said.get(name) or "" for name in ("role", "nudge", "late", "state")}
        return Chosen(person=said.get("person"), **texts)

    @property
    def page_no(self):
        """The page asked for, from 1."""
        return (self.cleaned_data if self.is_valid() or self.errors else {}).get("page") or 1
