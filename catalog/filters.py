"""Filters of the list of items: the same for the page and the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog import structure
from catalog.models import ConfigurationItem, Gap, ItemStatus, ItemType, Service
from itsm.people.models import Person


class ItemFilter(django_filters.FilterSet):
    """Every filter is one key of the address and can be shared."""

    q = django_filters.CharFilter(label=_("words or code"), method="by_words")
    type = django_filters.ModelMultipleChoiceFilter(
        label=_("type"), queryset=ItemType.objects.all(), to_field_name="code", method="by_type"
    )
    state = django_filters.MultipleChoiceFilter(label=_("state"), field_name="status", choices=ItemStatus.choices)
    owner = django_filters.ModelChoiceFilter(label=_("owner"), queryset=Person.objects.internal())
    service = django_filters.ModelChoiceFilter(
        label=_("service"), queryset=Service.objects.all(), to_field_name="code", method="by_service", help_text=_("What it is made of.")
    )
    lacks = django_filters.ChoiceFilter(label=_("what is missing"), choices=Gap.choices, method="by_gap")

    class Meta:
        model = ConfigurationItem
        fields = []

    def by_words(self, queryset, _name, value):
        """Code or name contains the words."""
        return queryset.filter(holding(value))

    def by_type(self, queryset, _name, kinds):
        """Any of the types."""
        return queryset.filter(type__in=kinds) if kinds else queryset

    def by_service(self, queryset, _name, service):
        """Everything that the service hangs on, the service itself included."""
        return queryset.filter(pk__in=structure.above(ConfigurationItem.objects.filter(service=service).values_list("pk", flat=True)))

    def by_gap(self, queryset, _name, gap):
        """Items that lack an attribute."""
        return queryset.lacking(gap)

    def chips(self):
        """`[(label, value, query string without it)]` of the filters in force."""
        names = [name for name in self.form.changed_data if name in self.filters]
        return [(self.filters[name].label, self._shown(name), self._without(name)) for name in names]

    def _shown(self, name):
        value = self.form.cleaned_data.get(name)
        choices = {"state": dict(ItemStatus.choices), "lacks": dict(Gap.choices)}.get(name, {})
        shown = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else value
        return ", ".join(str(choices.get(one, one)) for one in shown)

    def _without(self, name):
        left = self.data.copy()
        left.pop(name, None)
        left.pop("after", None)
        return left.urlencode()


def holding(words):
    """The condition for items whose code or name, or whose service's English name, contains the words."""
    return Q(code__icontains=words) | Q(name__icontains=words) | Q(service__name_en__icontains=words)
