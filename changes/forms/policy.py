"""Input of the approval policy's editor: rows, each with what it is for and the stages it asks."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality, Service
from changes import policy_checks
from changes.forms import nested
from changes.models import Category, Risk, Rule
from itsm.people.models import Organisation

TICKS = forms.CheckboxSelectMultiple(attrs={"class": "c-check"})
MANY = ("kinds", "categories", "risks", "criticalities", "services", "customers")
STAGE = {"rule": "all", "k": "", "hours": "8", "roles": []}
BLANK = {"name": "", "name_en": "", **{name: [] for name in MANY}, "kinds": ["normal"], "stages": [STAGE]}


class StageForm(forms.Form):
    """One stage: who, how many of them, and until when."""

    roles = forms.MultipleChoiceField(
        label=_("whose approval"), choices=[(r.value, r.label) for r in policy_checks.APPROVERS], widget=TICKS,
        error_messages={"required": _("Say whose approval it needs.")},
    )  # fmt: skip
    rule = forms.ChoiceField(label=_("how many of them"), choices=Rule)
    k = forms.IntegerField(label=_("how many"), required=False, min_value=1, max_value=len(policy_checks.APPROVERS))
    hours = forms.DecimalField(label=_("working hours"), min_value=0.25, max_value=480, max_digits=6, decimal_places=2)

    def stage(self):
        """The stage as the policy keeps it."""
        cleaned = self.cleaned_data
        k = cleaned["k"] if cleaned["rule"] == Rule.QUORUM else None
        return {"rule": cleaned["rule"], "k": k, "minutes": int(cleaned["hours"] * 60), "roles": cleaned["roles"]}


class RowForm(forms.Form):
    """What a row is for; nothing ticked means: any."""

    name = forms.CharField(label=_("name"), max_length=120)
    name_en = forms.CharField(label=_("name in English"), max_length=120, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("type"), choices=[(k.value, k.label) for k in policy_checks.KINDS], required=False, widget=TICKS
    )
    categories = forms.MultipleChoiceField(label=_("category"), choices=Category, required=False, widget=TICKS)
    risks = forms.MultipleChoiceField(label=_("risk"), choices=Risk, required=False, widget=TICKS)
    criticalities = forms.MultipleChoiceField(label=_("criticality"), choices=Criticality, required=False, widget=TICKS)
    services = forms.TypedMultipleChoiceField(label=_("only these services"), coerce=int, required=False, widget=forms.SelectMultiple)
    customers = forms.TypedMultipleChoiceField(label=_("only these customers"), coerce=int, required=False, widget=forms.SelectMultiple)

    def __init__(self, *args, choices, stages, **details):
        super().__init__(*args, use_required_attribute=False, **details)
        for name, rows in choices.items():
            self.fields[name].choices = rows
        self.stages = stages

    def row(self):
        """The row as the policy keeps it."""
        return {**self.cleaned_data, "stages": [stage.stage() for stage in self.stages]}


class PolicyForm:
    """The whole editor: rows with their stages, a note, and whether the warnings were read."""

    def __init__(self, rows, *, data=None, sentences=()):
        self.sentences, self.is_stale, self.choices = list(sentences), False, _choices()
        self.rows = [self._row(no, row, data) for no, row in enumerate(rows)]

    def _row(self, no, row, data):
        prefix, details = f"row-{no}", {"use_required_attribute": False}
        stages = [StageForm(data, prefix=f"{prefix}-stage-{place}", initial=stage, **details) for place, stage in enumerate(row["stages"])]
        return RowForm(data, prefix=prefix, initial=row, choices=self.choices, stages=stages)

    def is_valid(self):
        """Whether every field can be read; whether they make a policy is for the service to say."""
        forms_ = [form for row in self.rows for form in (row, *row.stages)]
        return not [form for form in forms_ if not form.is_valid()]

    def cleaned(self):
        """The rows as the policy keeps them."""
        return [row.row() for row in self.rows]


def _choices():
    services = Service.objects.live().order_by("name", "id")
    return {
        "services": [(service.pk, service.label()) for service in services],
        "customers": list(Organisation.objects.customers().living().values_list("pk", "name")),
    }


def rows_of(kept):
    """Kept rows as the editor begins with them."""
    return [{**row, "stages": [{**s, "k": s.get("k") or "", "hours": _hours(s["minutes"])} for s in row["stages"]]} for row in kept]


def _hours(minutes):
    return f"{minutes / 60:g}"


def rows_typed(data):
    """The rows that a browser sent, right or wrong, with a button of the page done: `row-add`, `row-up-1`, `stage-0-remove-1`, …"""
    rows = nested.typed(data, "row", ("name", "name_en"), MANY)
    for no, row in enumerate(rows):
        row["stages"] = nested.typed(data, f"row-{no}-stage", ("rule", "k", "hours"), ("roles",))
    what, _dash, act = data.get("act", "").partition("-")
    if what == "row":
        return nested.moved(rows, act, BLANK)
    place, _dash, act = act.partition("-")
    if what == "stage" and place.isascii() and place.isdigit() and int(place[:4]) < len(rows):
        row = rows[int(place[:4])]
        row["stages"] = nested.moved(row["stages"], act, STAGE)
    return rows


def unread():
    """What is said when a field can't be read; each says so itself."""
    return gettext("Something is not right yet: look at the fields marked below.")
