"""What the pages of writing share: forms that keep what was typed, whatever happens, and fields that were really changed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from changes.forms.plan import PlanField
from changes.forms.writing import SETS
from changes.wording import window
from itsm.core.errors import Refused
from itsm.core.wording import duration

NOT_FIELDS = ("request_key", "onto")
PLAN_ACT = "plan-"
WRITTEN = (
    "kind", "category", "title", "reason", "benefit", "impact", "interrupts", "back_out_plan", "test_evidence", "starts_at", "ends_at",
)  # fmt: skip


def is_sent(request):
    """Whether the form is to be saved, rather than shown with a row of its plan moved."""
    return request.method == "POST" and not request.POST.get("act", "").startswith(PLAN_ACT)


def form_of(request, form_class, first, **details):
    """The form of a page: as it begins, bound to what was sent, or as typed with a row of the plan moved."""
    if request.method != "POST":
        return form_class(initial=first, **details)
    if is_sent(request):
        return form_class(request.POST, **details)
    form = form_class(initial=first, **details)
    form.initial = {**first, **_as_typed(form, request.POST)}
    if "items" in form.fields:
        form.fields["items"].draw(form.initial["items"])
    form.plan = PlanField(request.POST).moved(request.POST["act"])
    return form


def _as_typed(form, data):
    """What a browser sent, as a form begins with it."""
    found = {}
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelMultipleChoiceField):
            found[name] = data.getlist(name)
        else:
            found[name] = name in data if isinstance(field, forms.BooleanField) else data.get(name, "")
    return found


def attempt(form, act):
    """Do it; a refusal becomes a sentence of the form. Returns what the act gave, or None."""
    try:
        return act()
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.sentence), code=refused.code))
        return None


def initial_of(change):
    """A change as its form begins with it."""
    names = (
        "kind",
        "category",
        "title",
        "reason",
        "benefit",
        "impact",
        "interrupts",
        "back_out_plan",
        "test_evidence",
        "starts_at",
        "ends_at",
    )
    found = {name: getattr(change, name) for name in names} | {"implementer": change.implementer_id, "onto": change.steps_taken}
    return found | {name: list(getattr(change, name).values_list("pk", flat=True)) for name in SETS}


def fields_of(form, change=None):
    """The fields for a service; of an edit only those that somebody really changed: a browser's line ends and minutes are no edit."""
    fields = {name: _plain(value) for name, value in form.cleaned_data.items() if name not in NOT_FIELDS}
    if change is None:
        return fields
    return {name: value for name, value in fields.items() if not _is_as_kept(form, name, value, getattr(change, name))}


def _plain(value):
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _is_as_kept(form, name, value, kept):
    if isinstance(kept, str):
        return _plain(kept).strip() == value
    if name == "plan":
        return [{**row, "words": _plain(row["words"]).strip()} for row in kept] == [{**r, "words": _plain(r["words"])} for r in value]
    if name in ("starts_at", "ends_at"):
        return kept is not None and value is not None and kept.replace(second=0, microsecond=0) == value
    return False


def onto_now(form, change):
    """The same form, to be saved onto what the change says now."""
    form.data = form.data.copy()
    form.data["onto"] = str(change.steps_taken)
    return form


def differing(form, change):
    """`[(label, what is kept now)]` where what was typed is something else, for whoever was overtaken."""
    said = {name: _said(change, name) for name in fields_of(form, change) if not _is_same_set(form, change, name)}
    labels = {name: field.label for name, field in form.fields.items()} | {"plan": pgettext("what is done, in steps", "Plan")}
    return [(labels[name], words or "–") for name, words in said.items()]


def _is_same_set(form, change, name):
    value = form.cleaned_data[name]
    if name in SETS:
        return {row.pk for row in value} == set(getattr(change, name).values_list("pk", flat=True))
    return value == getattr(change, name)


def _said(change, name):
    """One field of a change in words."""
    value = getattr(change, name)
    if name in SETS:
        return ", ".join(map(str, value.all()))
    if name == "plan":
        return "\n".join(f"{no}. {row['words']} ({duration(row['minutes'] * 60)})" for no, row in enumerate(value, start=1))
    if name in ("starts_at", "ends_at"):
        return window(change.starts_at, change.ends_at)
    shown = getattr(change, f"get_{name}_display", None)
    return str(shown() if shown else _yes(value) if isinstance(value, bool) else value or "")


def _yes(value):
    return _("yes") if value else _("no")
