"""Forms of audits: who owns a process, and a rule put together from the vocabulary."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audits import framework
from audits.vocabulary import MOST, OPERATORS, PARTS, SORTS, UNITS, WITHIN
from changes.forms.acts import KeyedForm, ReasonForm
from itsm.people.forms import day_field
from itsm.people.models import Person

NOTHING = [("", "–")]


class OwnerForm(KeyedForm):
    """Who owns a process from when on, and who stands in."""

    owner = forms.ModelChoiceField(Person.objects.none(), label=_("owner"))
    deputy = forms.ModelChoiceField(Person.objects.none(), label=_("deputy"), required=False)
    first_on = day_field(_("first day"), required=False, help_text=_("Empty: today."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("owner", "deputy"):
            self.fields[name].queryset = Person.objects.internal().active()


class RetireForm(ReasonForm):
    """Why a rule runs no more."""


class ConditionForm(forms.Form):
    """One condition of a rule; without a field it is none. What its operator does not need is left alone."""

    part = forms.ChoiceField(label=_("Part"), choices=PARTS, required=False)
    field = forms.ChoiceField(label=_("Field"), required=False)
    operator = forms.ChoiceField(label=_("Asked"), choices=[*NOTHING, *OPERATORS.items()], required=False)
    value = forms.CharField(label=_("Value"), max_length=1000, required=False)
    n = forms.CharField(label=_("How many"), max_length=6, required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=[*NOTHING, *UNITS.items()], required=False)
    of = forms.ChoiceField(label=_("After"), required=False)

    def __init__(self, *args, sort, **kwargs):
        super().__init__(*args, **kwargs)
        fields = sort.fields.values()
        self.fields["field"].choices = [*NOTHING, *((field.name, field.label) for field in fields)]
        self.fields["of"].choices = [*NOTHING, *((field.name, field.label) for field in fields if field.sort == "instant")]

    def condition(self):
        """The condition as the vocabulary reads it, or None."""
        said = self.cleaned_data
        if not said.get("field"):
            return None
        timed = said["operator"] == WITHIN
        value = {name: said[name] for name in ("n", "unit", "of")} if timed else said["value"]
        return {"part": said["part"], "field": said["field"], "operator": said["operator"], "value": value}


class RuleForm(forms.Form):
    """A rule of our own: its question, its place, and up to five conditions on one sort of records."""

    record = forms.CharField(widget=forms.HiddenInput)
    question = forms.CharField(label=_("question"), max_length=200, help_text=_("As an auditor would ask it."))
    question_en = forms.CharField(label=_("question in English"), max_length=200, required=False)
    clause = forms.ChoiceField(label=_("clause"))
    process = forms.ChoiceField(label=_("process"))
    days = forms.IntegerField(label=_("of the last days"), min_value=1, max_value=366, required=False)

    def __init__(self, data=None, *, record, initial=None, conditions=()):
        super().__init__(data, initial={"record": record, "days": 90, **(initial or {})})
        self.sort = SORTS[record]
        self.fields["clause"].choices = [
            *NOTHING,
            *((number, f"{number} {clause.label()}") for number, clause in framework.clauses().items()),
        ]
        self.fields["process"].choices = [*NOTHING, *((code, process.label()) for code, process in framework.processes().items())]
        if not self.sort.moment:
            del self.fields["days"]
        begun = [*map(_as_typed, conditions), *[{"part": "must"}] * MOST]
        self.conditions = [ConditionForm(data, prefix=f"c{no}", sort=self.sort, initial=begun[no]) for no in range(MOST)]

    def is_valid(self):
        return all([super().is_valid(), *(condition.is_valid() for condition in self.conditions)])

    @property
    def is_wrong(self):
        """Whether anything of what was sent is refused."""
        return bool(self.errors) or any(condition.errors for condition in self.conditions)

    def said(self):
        """What the services take."""
        said = dict(self.cleaned_data)
        given = [condition.condition() for condition in self.conditions]
        return {**said, "days": said.get("days"), "conditions": [one for one in given if one]}


def _as_typed(condition):
    """A kept condition as its form begins."""
    value = condition["value"]
    timed = value if isinstance(value, dict) else {}
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None or timed else str(value)
    return {**{name: condition[name] for name in ("part", "field", "operator")}, "value": text, **timed}
