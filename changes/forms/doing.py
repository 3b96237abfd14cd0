"""Input of carrying a change out, answering for it, and keeping its items up to date."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import ConfigurationItem, ItemStatus, Relation, RelationKind
from changes.forms.acts import KeyedForm
from changes.models import Result, RunResult, Verdict
from changes.services import ending

LONG = {"rows": 3}
MINUTES = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def sentences(label, *, required=True, help_text=""):
    """A field for some sentences."""
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=5000, widget=forms.Textarea(attrs=LONG))


class UnreachableForm(KeyedForm):
    """Why an emergency begins without a decision."""

    reason = sentences(_("why it can't wait, and whom you tried to reach"))


class BackOutForm(KeyedForm):
    reason = sentences(_("why it was taken back"))


class NoteStepForm(KeyedForm):
    """One step of an emergency, written down afterwards."""

    no = forms.TypedChoiceField(label=_("step"), coerce=int)
    started_at = forms.DateTimeField(label=_("from"), widget=MINUTES)
    finished_at = forms.DateTimeField(label=_("until"), widget=MINUTES)
    result = forms.ChoiceField(label=_("how it went"), choices=RunResult.choices, widget=forms.RadioSelect, initial=RunResult.DONE)
    remark = sentences(_("remark"), required=False, help_text=_("Needed where it failed or was skipped."))

    def suit(self, change):
        """Offer the steps that are not written down yet."""
        taken = set(change.runs.values_list("no", flat=True))
        self.fields["no"].choices = [(no, f"{no}. {step['words']}") for no, step in enumerate(change.plan, start=1) if no not in taken]


class ItemsField(forms.ModelMultipleChoiceField):
    """Items by their code and name."""

    def label_from_instance(self, item):
        return f"{item.code} · {item.label()}"


class ConfirmItemsForm(KeyedForm):
    """Each item that was not updated under the change is ticked as unchanged."""

    unchanged = ItemsField(
        queryset=ConfigurationItem.objects.none(), label=_("unchanged"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Tick those that stay as they are. The others were updated, or have to be first."),
    )  # fmt: skip

    def suit(self, change):
        """Ask about the items that nothing has updated under this change; nothing to ask, nothing to tick."""
        left = change.items.filter(pk__in=[item.pk for item in ending.unconfirmed(change)]).select_related("service")
        if left.exists():
            self.fields["unchanged"].queryset = left
        else:
            del self.fields["unchanged"]


class ResultForm(KeyedForm):
    """What it came to, of what agrees with what happened."""

    result = forms.ChoiceField(label=_("result"), choices=Result.choices, widget=forms.RadioSelect)

    def suit(self, change):
        """Offer the results that fit, the one it was judged with chosen."""
        fitting = ending.fitting(change)
        self.fields["result"].choices = [(result.value, result.label) for result in fitting]
        judged = change.reviews.last()
        self.fields["result"].initial = judged.result if judged is not None and change.review else fitting[0].value


class ReviewForm(ResultForm):
    """Looking back on a change."""

    went_well = sentences(_("what went well"), required=False)
    went_badly = sentences(_("what did not"), required=False)
    words = sentences(_("what we learn from it"))
    follow_ups = sentences(_("what is to be done now"), required=False)
    field_order = ["result", "went_well", "went_badly", "words", "follow_ups"]


class SettleForm(KeyedForm):
    """What becomes of an emergency that was rejected after the fact."""

    verdict = forms.ChoiceField(label=_("what becomes of it"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = sentences(_("why"))


class TickForm(forms.Form):
    """How a step ended, from the button that was pressed."""

    result = forms.ChoiceField(choices=RunResult.choices)
    remark = forms.CharField(required=False, max_length=5000)


class DetailsField(forms.CharField):
    """Further facts of an item, one a line as "name: value". What is not touched keeps its value as it was."""

    widget = forms.Textarea(attrs=LONG)

    def clean(self, value):
        """`{name: text}`."""
        found = {}
        for line in super().clean(value).splitlines():
            name, colon, said = line.partition(":")
            if line.strip() and not (colon and name.strip()):
                raise forms.ValidationError(_("Write one fact a line, as “name: value”."))
            if line.strip():
                found[name.strip()] = said.strip()
        return found


class ItemUpdateForm(KeyedForm):
    """One item of a change, brought up to date."""

    status = forms.ChoiceField(label=_("state"), choices=ItemStatus.choices)
    description = forms.CharField(
        label=pgettext_lazy("item", "description"), required=False, max_length=10_000, widget=forms.Textarea(attrs=LONG)
    )
    details = DetailsField(label=_("details"), required=False, max_length=10_000, help_text=_("One fact a line, as “name: value”."))
    let_go = forms.ModelMultipleChoiceField(
        queryset=Relation.objects.none(), label=_("no longer hangs on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label=_("hangs on something new"), required=False, choices=[("", "–"), *RelationKind.choices])
    parent = forms.ModelChoiceField(
        queryset=ConfigurationItem.objects.living(), to_field_name="code", label=_("code of what it hangs on"), required=False,
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("There is no such item in use.")},
    )  # fmt: skip

    def __init__(self, *args, item, **kwargs):
        told = {name: said if isinstance(said, str) else str(said) for name, said in item.details.items()}
        first = {"status": item.status, "description": item.description, "details": "\n".join(f"{n}: {t}" for n, t in told.items())}
        super().__init__(*args, initial={**first, **kwargs.pop("initial", {})}, **kwargs)
        self.item, self.told = item, told
        self.fields["let_go"].queryset = Relation.objects.standing().filter(child=item).select_related("parent__service")
        self.fields["let_go"].label_from_instance = lambda r: f"{r.get_kind_display()} {r.parent.code} · {r.parent.label()}"
        if item.service_id:
            for name in ("status", "description", "details"):
                del self.fields[name]

    def clean(self):
        found = super().clean()
        if bool(found.get("kind")) != bool(found.get("parent")) and "parent" not in self.errors:
            self.add_error("parent", _("Choose how it hangs on something, and on what."))
        return found

    def update(self):
        """What `services.update_item` takes."""
        said = self.cleaned_data
        facts = {name: said[name] for name in ("status", "description") if name in said}
        if "details" in said and said["details"] != self.told:
            own = self.item.details
            facts["details"] = {name: own[name] if self.told.get(name) == text else text for name, text in said["details"].items()}
        hang = (said["kind"], said["parent"]) if said.get("parent") else None
        return {"facts": facts, "let_go": list(said["let_go"]), "hang": hang}
