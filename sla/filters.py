"""Filters of decided clocks: every figure of the attainment page is a link to its rows."""

import django_filters
from django.utils.translation import gettext_lazy as _

from sla import clockwork
from sla.models import Clock, Metric, Outcome

CAUSES = [(clockwork.BY_TIME, _("Time ran out")), (clockwork.BY_RETARGET, _("Priority or terms changed"))]


class AttainmentFilter(django_filters.FilterSet):
    """Promises to customers, or with `metric=support` those that a team or a supplier gave us; never both."""

    metric = django_filters.ChoiceFilter(label=_("Metric"), choices=Metric.choices)
    outcome = django_filters.ChoiceFilter(label=_("Verdict"), choices=Outcome.choices)
    cause = django_filters.ChoiceFilter(label=_("Cause"), field_name="breach_cause", choices=CAUSES)
    provisional = django_filters.BooleanFilter(label=_("provisional"), field_name="final_at", lookup_expr="isnull")
    corrected = django_filters.BooleanFilter(label=_("corrected"))

    class Meta:
        model = Clock
        fields = []

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("metric") else found.exclude(metric=Metric.SUPPORT)
