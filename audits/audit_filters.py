"""Filters of the list of audits: the same for page, API and download."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits import clauses, framework
from audits.models import Audit, AuditArea, AuditSort, AuditStatus, Programme
from audits.models.audit import PREFIX
from itsm.core.filtering import Chipped
from itsm.core.numbering import read
from itsm.people.models import Person


class AuditFilter(Chipped, django_filters.FilterSet):
    """Every filter is one key of the address and can be shared."""

    q = django_filters.CharFilter(label=_("words or number"), method="by_words")
    state = django_filters.MultipleChoiceFilter(label=_("state"), field_name="status", choices=AuditStatus.choices)
    sort = django_filters.MultipleChoiceFilter(label=_("sort"), choices=AuditSort.choices)
    programme = django_filters.ModelChoiceFilter(label=_("programme"), queryset=Programme.objects.all())
    lead = django_filters.ModelChoiceFilter(label=_("lead auditor"), queryset=Person.objects.internal())
    process = django_filters.ChoiceFilter(
        label=_("process"), choices=lambda: [(code, told.label()) for code, told in framework.processes().items()], method="by_process"
    )
    clause = django_filters.ChoiceFilter(label=_("clause"), choices=clauses.choices(), method="by_clause")

    class Meta:
        model = Audit
        fields = []

    def by_words(self, queryset, _name, value):
        """By number where it is one, else by words of title, scope and criteria."""
        words, number = value.replace("\0", "").strip(), read(PREFIX, value)
        found = Q(title__icontains=words) | Q(scope__icontains=words) | Q(criteria__icontains=words)
        return queryset.filter(found | (Q(number=number) if number is not None else Q(pk__in=[])))

    def by_process(self, queryset, _name, value: str):
        """Those that cover a process."""
        return queryset.filter(pk__in=_areas().filter(process__code=value).values("audit"))

    def by_clause(self, queryset, _name, value: str):
        """Those that cover a clause, by itself or with a process that lives there."""
        codes = [told.code for told in framework.processes().values() if value in told.clauses]
        return queryset.filter(pk__in=_areas().filter(Q(clause=value) | Q(process__code__in=codes)).values("audit"))


def _areas():
    return AuditArea.objects.standing()
