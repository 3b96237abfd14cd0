"""Filters of the lists of findings and of actions: the same for page, API and download."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import clauses
from audits.models import ActionStatus, CorrectiveAction, Finding, FindingStatus, Grade, ReviewAction, ReviewActionStatus, Source
from audits.models.action import PREFIX as ACTION
from audits.models.finding import PREFIX as FINDING
from audits.models.review import PREFIX as REVIEW
from audits.models.review_action import PREFIX as DECISION
from audits.models.review_action import RUNNING as DECIDED
from itsm.core.filtering import Chipped
from itsm.core.numbering import read
from itsm.people.models import Person


def worded(words, prefix=""):
    """Q of the findings in whose statement these words stand; prefix: the way to them."""
    words = words.replace("\0", "").strip()
    parts = ("requirement", "evidence", "gap", "source_words")
    found = Q()
    for part in parts:
        found |= Q(**{f"{prefix}{part}__icontains": words})
    return found


class FindingFilter(Chipped, django_filters.FilterSet):
    """Every filter is one key of the address and can be shared."""

    q = django_filters.CharFilter(label=_("words or number"), method="by_words")
    grade = django_filters.MultipleChoiceFilter(label=_("grade"), choices=Grade.choices)
    state = django_filters.MultipleChoiceFilter(label=_("state"), field_name="status", choices=FindingStatus.choices)
    clause = django_filters.ChoiceFilter(label=_("clause"), choices=clauses.choices())
    process = django_filters.CharFilter(label=_("process"), lookup_expr="iexact")
    source = django_filters.MultipleChoiceFilter(label=_("source"), choices=Source.choices)
    auditee = django_filters.ModelChoiceFilter(label=_("answers for it"), queryset=Person.objects.internal())

    class Meta:
        model = Finding
        fields = []

    def by_words(self, queryset, _name, value):
        """By number where it is one, else by words of the statement."""
        number = read(FINDING, value)
        return queryset.filter(worded(value) | (Q(number=number) if number is not None else Q(pk__in=[])))


class ActionFilter(Chipped, django_filters.FilterSet):
    """The same for corrective actions."""

    q = django_filters.CharFilter(label=_("words or number"), method="by_words")
    state = django_filters.MultipleChoiceFilter(label=_("state"), field_name="status", choices=ActionStatus.choices)
    grade = django_filters.MultipleChoiceFilter(label=_("grade"), field_name="finding__grade", choices=Grade.choices)
    owner = django_filters.ModelChoiceFilter(label=pgettext_lazy("action", "owner"), queryset=Person.objects.internal())
    due_until = django_filters.DateFilter(label=_("due until"), field_name="next_due_on", lookup_expr="lte")

    class Meta:
        model = CorrectiveAction
        fields = []

    def by_words(self, queryset, _name, value):
        """By its number or its finding's, else by words of the finding's statement and of the plan."""
        found = worded(value, "finding__") | Q(plan__icontains=value.replace("\0", ""))
        for prefix, field in ((ACTION, "number"), (FINDING, "finding__number")):
            number = read(prefix, value)
            found |= Q(**{field: number}) if number is not None else Q(pk__in=[])
        return queryset.filter(found)


ORIGINS = (("finding", _("A finding")), ("review", _("A management review")))
STATES = [*ActionStatus.choices, *[pair for pair in ReviewActionStatus.choices if pair[0] in ("open", "done", "accepted")]]


class OfFindings(ActionFilter):
    """Filters of the list that shows the actions of findings and of reviews; this half looks at those of findings."""

    state = django_filters.MultipleChoiceFilter(label=_("state"), field_name="status", choices=STATES)
    source = django_filters.MultipleChoiceFilter(label=_("source"), choices=ORIGINS, method="by_source")

    def by_source(self, queryset, _name, value):
        return queryset if not value or self.Meta.model.origin in value else queryset.none()


class OfReviews(Chipped, django_filters.FilterSet):
    """The other half: the same keys of the address, asked of the actions of reviews."""

    q = django_filters.CharFilter(label=_("words or number"), method="by_words")
    state = django_filters.MultipleChoiceFilter(label=_("state"), field_name="status", choices=STATES)
    grade = django_filters.MultipleChoiceFilter(label=_("grade"), choices=Grade.choices, method="has_no_grade")
    owner = django_filters.ModelChoiceFilter(label=pgettext_lazy("action", "owner"), queryset=Person.objects.internal())
    due_until = django_filters.DateFilter(label=_("due until"), method="by_due")
    source = django_filters.MultipleChoiceFilter(label=_("source"), choices=ORIGINS, method="by_source")

    class Meta:
        model = ReviewAction
        fields = []

    by_source = OfFindings.by_source

    def has_no_grade(self, queryset, _name, value):
        return queryset.none() if value else queryset

    def by_due(self, queryset, _name, value):
        return queryset.filter(due_on__lte=value, status__in=DECIDED)

    def by_words(self, queryset, _name, value):
        """By its number or its review's, else by words of what was decided."""
        words = value.replace("\0", "").strip()
        found = Q(title__icontains=words) | Q(why__icontains=words)
        for prefix, field in ((DECISION, "number"), (REVIEW, "review__number")):
            number = read(prefix, value)
            found |= Q(**{field: number}) if number is not None else Q(pk__in=[])
        return queryset.filter(found)
