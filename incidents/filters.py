"""Filters of incident lists: the same for the page, the API and later exports."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from incidents.models import ClosingKind, Incident, SearchText, Status
from incidents.models.incident import OPEN, PREFIX, Priority
from itsm.core import clock
from itsm.core.filtering import Chipped
from itsm.core.numbering import read
from itsm.core.wordsearch import holding, query
from itsm.people.models import Organisation, Person, Team
from itsm.people.zones import company_zone
from sla.models import Clock

DAY = forms.DateInput(attrs={"type": "date"})


def broken_on(day):
    """Ids of the incidents that had a clock break its promise on that day in the company's zone."""
    midnight = datetime.combine(day, time(), ZoneInfo(company_zone()))
    clocks = Clock.objects.ours().decided(midnight, midnight + timedelta(days=1)).filter(breached_at__isnull=False)
    return clocks.filter(content_type=ContentType.objects.get_for_model(Incident)).order_by().values("object_id").distinct()


def promise_broken():
    """The condition that a clock of an incident broke its promise, whenever that was."""
    clocks = Clock.objects.ours().filter(content_type=ContentType.objects.get_for_model(Incident), object_id=OuterRef("pk"))
    return Exists(clocks.filter(breached_at__isnull=False))


class IncidentFilter(Chipped, django_filters.FilterSet):
    """Every filter is one key of the address and can be shared."""

    q = django_filters.CharFilter(label=_("words or number"), method="by_words")
    state = django_filters.MultipleChoiceFilter(
        label=_("state"), field_name="status", choices=[("open", _("Open")), *Status.choices], method="by_state"
    )
    priority = django_filters.MultipleChoiceFilter(label=_("priority"), choices=Priority.choices)
    customer = django_filters.ModelChoiceFilter(label=_("customer"), queryset=Organisation.objects.customers())
    service = django_filters.ModelChoiceFilter(label=_("service"), queryset=Service.objects.all())
    team = django_filters.ModelChoiceFilter(label=_("team"), queryset=Team.objects.all())
    assignee = django_filters.ModelChoiceFilter(label=_("owner"), queryset=Person.objects.internal())
    unassigned = django_filters.BooleanFilter(label=_("unassigned"), field_name="assignee", lookup_expr="isnull")
    breached = django_filters.DateFilter(label=_("promise broken on"), method="by_breach", widget=DAY)
    broken = django_filters.BooleanFilter(label=_("promise broken"), method="by_broken")
    overdue = django_filters.BooleanFilter(label=_("overdue"), method="by_overdue")
    closing = django_filters.MultipleChoiceFilter(label=_("how it was closed"), field_name="closing_kind", choices=ClosingKind.choices)
    contacted_from = django_filters.DateFilter(label=_("contacted from"), field_name="contacted_at", lookup_expr="date__gte", widget=DAY)
    contacted_to = django_filters.DateFilter(label=_("contacted until"), field_name="contacted_at", lookup_expr="date__lte", widget=DAY)

    class Meta:
        model = Incident
        fields = []

    def by_words(self, queryset, _name, value):
        """By number where it is one, else by words in Chinese or English."""
        number = read(PREFIX, value)
        words = query(value)
        found = Q(pk__in=[])
        if number is not None:
            found |= Q(number=number)
        if words is not None:
            found |= holding(SearchText.objects, words)
        return queryset.filter(found)

    def by_state(self, queryset, _name, values):
        """Any of the states; `open` stands for all that are not resolved."""
        chosen = {state for value in values for state in (OPEN if value == "open" else [value])}
        return queryset.filter(status__in=chosen) if chosen else queryset

    def by_breach(self, queryset, _name, day):
        """A clock of theirs broke its promise on that day of the company's."""
        return queryset.filter(pk__in=broken_on(day))

    def by_broken(self, queryset, _name, value):
        """A clock of theirs broke its promise, ever."""
        return queryset.filter(promise_broken()) if value else queryset.exclude(promise_broken())

    def by_overdue(self, queryset, _name, value):
        """What has passed its due time."""
        late = Q(next_due_at__lt=self.at or clock.now())
        return queryset.filter(late if value else ~late | Q(next_due_at=None))

    def __init__(self, *args, at=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at


NEXT_FIRST = (F("next_due_at").asc(nulls_last=True), "id")
