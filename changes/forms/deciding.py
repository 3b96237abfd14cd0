"""Input of the inbox and of delegations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from changes import policy
from changes.forms.acts import KeyedForm
from changes.models import Category, Choice, Risk
from changes.services.approving import policy_in_force
from changes.services.delegating import NEVER_DELEGATED
from itsm.people.models import Person, Role

NEED_WORDS = {
    Choice.REJECT: _("Say why, so that they know what to do."),
    Choice.ASK: _("Write down your question."),
}


class WordForm(forms.Form):
    """One person's word about one seat; rejecting and asking need words."""

    choice = forms.ChoiceField(choices=Choice, error_messages={"required": _("Choose what to do.")})
    words = forms.CharField(label=_("Your words"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=5000)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("words", "").strip() and (sentence := NEED_WORDS.get(cleaned.get("choice"))):
            self.add_error("words", sentence)
        return cleaned


class DecideForm(WordForm, KeyedForm):
    """The same in the inbox and on the change's page, with the fingerprint of what was read."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64)


class DelegateForm(KeyedForm):
    """To whom, which role, which changes, and how long."""

    role = forms.ChoiceField(label=_("role"))
    receiver = forms.ModelChoiceField(label=_("to whom"), queryset=Person.objects.none())
    first_on = forms.DateField(label=_("from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_on = forms.DateField(label=_("until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    category = forms.ChoiceField(label=_("only this category"), choices=[("", _("All categories")), *Category.choices], required=False)
    highest_risk = forms.ChoiceField(label=_("up to this risk"), choices=Risk, initial=Risk.HIGH)
    reason = forms.CharField(label=_("reason"), max_length=200)

    def __init__(self, *args, giver, **kwargs):
        super().__init__(*args, **kwargs)
        decide = policy.asked_roles(policy_in_force().rows) - set(NEVER_DELEGATED)
        held = [role for role in Role.values if role in giver.roles and role in decide]
        self.fields["role"].choices = [(role, Role(role).label) for role in held]
        ours = Person.objects.internal().active().exclude(pk=giver.pk)
        self.fields["receiver"].queryset = ours.order_by("name", "id").select_related("organisation")
