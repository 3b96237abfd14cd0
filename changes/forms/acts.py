"""Forms of the verbs of a change."""

from django import forms
from django.utils.translation import gettext_lazy as _


class KeyedForm(forms.Form):
    """A form that acts once: the hidden key names the deed. Alone it is a confirmation."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)


class ReasonForm(KeyedForm):
    """A deed that needs a reason."""

    reason = forms.CharField(label=_("reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
