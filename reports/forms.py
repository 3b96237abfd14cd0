"""What the figures are asked about: read from the address, whatever somebody wrote there."""

from django import forms
from django.db.models import F, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from changes import period
from changes.forms.figures import ALL, month_words
from changes.measures import TIERS
from changes.models import Category
from itsm.people.models import Organisation, Team
from reports.scope import Scope
from sla.attainment import month_named

PRIORITIES = [(str(priority), f"P{priority}") for priority in range(1, 5)]


def options():
    """`{"customer" | "service" | "team": {id: label}}` in the order of the labels; one statement."""
    sources = (
        Organisation.objects.customers().annotate(sort=Value("customer"), en=Value("")),
        Service.objects.annotate(sort=Value("service"), en=F("name_en")),
        Team.objects.annotate(sort=Value("team"), en=F("name_en")),
    )  # fmt: skip
    first, *others = [rows.order_by().values_list("sort", "pk", "name", "en") for rows in sources]
    english = (get_language() or "").startswith("en")
    found = {"customer": {}, "service": {}, "team": {}}
    lines = [(sort, pk, in_english if english and in_english else name) for sort, pk, name, in_english in first.union(*others, all=True)]
    for sort, pk, label in sorted(lines, key=lambda line: line[2]):
        found[sort][pk] = label
    return found


class ScopeForm(forms.Form):
    """Months from and to, and perhaps one customer, service, team, priority, tier or category; what makes no sense counts as not said."""

    customer = forms.ModelChoiceField(label=_("customer"), queryset=Organisation.objects.customers(), empty_label=_("All"), required=False)
    service = forms.ModelChoiceField(label=_("service"), queryset=Service.objects.all(), empty_label=_("All"), required=False)
    team = forms.ModelChoiceField(label=_("team"), queryset=Team.objects.all(), empty_label=_("All"), required=False)
    priority = forms.ChoiceField(label=_("priority"), choices=[*ALL, *PRIORITIES], required=False)
    tier = forms.ChoiceField(label=_("tier"), choices=[*ALL, *TIERS], required=False)
    category = forms.ChoiceField(label=_("category"), choices=[*ALL, *Category.choices], required=False)

    def __init__(self, data, *, at):
        super().__init__(data)
        self.at = at
        months = [(f"{month:%Y-%m}", month_words(month)) for month in period.choices(at)]
        for name, label in (("from", _("from")), ("to", _("to"))):
            self.fields[name] = forms.CharField(label=label, widget=forms.Select(choices=months), required=False, max_length=7)
        baseline = forms.Select(choices=[("", _("the period before")), *months])
        self.fields["against"] = forms.CharField(label=_("compared from"), widget=baseline, required=False, max_length=7)
        self.order_fields(["from", "to", "against", "customer", "service", "team", "priority", "tier", "category"])

    def scope(self):
        """The Scope that is asked about."""
        said = self.cleaned_data if self.is_valid() or self.errors else {}
        chosen = period.named(said.get("from", ""), said.get("to", ""), self.at)
        one = {name: said.get(name) for name in ("customer", "service", "team")}
        priority = int(said.get("priority") or 0) or None
        kept = {"tier": said.get("tier", ""), "category": said.get("category", ""), "against": month_named(said.get("against", ""))}
        return Scope(chosen, **one, priority=priority, **kept)

    def filled(self, scope, options=None):
        """The form again, showing what is really looked at; with the `options()` it asks the database nothing."""
        shown = type(self)({name: str(value) for name, value in scope.query.items()}, at=self.at)
        for name, day in (("from", scope.first), ("to", scope.last), ("against", scope.against)):
            choices = list(shown.fields[name].widget.choices)
            if day and f"{day:%Y-%m}" not in dict(choices):
                shown.fields[name].widget.choices = [*choices, (f"{day:%Y-%m}", month_words(day))]
        for name, labels in (options or {}).items():
            shown.fields[name].choices = [*ALL, *labels.items()]
        return shown
