"""Filters of change lists: the same for the page, the API and later exports."""

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from changes.models import Category, Change, Kind, Risk, SearchText, Status
from changes.models.change import OVER, PREFIX
from itsm.core.filtering import Chipped
from itsm.core.numbering import read
from itsm.core.wordsearch import holding, query
from itsm.people.models import Person

UNCLOSED = tuple(status for status in Status if status not in OVER)
DAY = forms.DateInput(attrs={"type": "date"})
SANE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31))]
"""Days that a window may be looked for on."""


def midnight(day):
    """The instant at which a day begins for the reader."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


class ChangeFilter(Chipped, django_filters.FilterSet):
    """Every filter is one key of the address and can be shared."""

    q = django_filters.CharFilter(label=_("words or number"), method="by_words")
    state = django_filters.MultipleChoiceFilter(label=_("state"), choices=[("unclosed", _("Unclosed")), *Status.choices], method="by_state")
    kind = django_filters.MultipleChoiceFilter(label=_("type"), choices=Kind.choices)
    category = django_filters.MultipleChoiceFilter(label=_("category"), choices=Category.choices)
    risk = django_filters.MultipleChoiceFilter(label=_("risk"), choices=Risk.choices)
    service = django_filters.ModelChoiceFilter(label=_("service"), field_name="services", queryset=Service.objects.all())
    item = django_filters.ModelChoiceFilter(
        label=_("configuration item"), field_name="items", queryset=ConfigurationItem.objects.all(), to_field_name="code",
        widget=forms.TextInput,
    )  # fmt: skip
    requester = django_filters.ModelChoiceFilter(label=_("asked for by"), queryset=Person.objects.internal())
    implementer = django_filters.ModelChoiceFilter(label=_("carried out by"), queryset=Person.objects.internal())
    window_from = django_filters.DateFilter(label=_("window from"), method="by_first_day", widget=DAY, validators=SANE)
    window_to = django_filters.DateFilter(label=_("window until"), method="by_last_day", widget=DAY, validators=SANE)

    class Meta:
        model = Change
        fields = []

    def by_words(self, queryset, _name, value):
        """By number where it is one, else by words in Chinese or English."""
        number, words = read(PREFIX, value), query(value)
        found = Q(pk__in=[])
        if number is not None:
            found |= Q(number=number)
        if words is not None:
            found |= holding(SearchText.objects, words)
        return queryset.filter(found)

    def by_state(self, queryset, _name, values):
        """Any of the states; `unclosed` stands for all that are neither closed nor given up."""
        chosen = {state for value in values for state in (UNCLOSED if value == "unclosed" else [value])}
        return queryset.filter(status__in=chosen) if chosen else queryset

    def by_first_day(self, queryset, _name, day):
        """Not over before that day begins for the reader."""
        return queryset.filter(ends_at__gt=midnight(day))

    def by_last_day(self, queryset, _name, day):
        """Begun by the end of that day of the reader's."""
        return queryset.filter(starts_at__lt=midnight(day + timedelta(days=1)))
