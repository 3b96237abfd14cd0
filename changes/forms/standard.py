"""Input of the pages of standard models."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from changes.forms.acts import KeyedForm
from changes.forms.writing import ContentForm
from changes.models import StandardModel
from changes.services import models
from itsm.core import clock
from itsm.people.zones import company_day

A_YEAR = timedelta(days=365)


class ModelForm(ContentForm):
    """A model, all of it. `model`: the one edited, or None."""

    field_order = ["code", "name", "category", "reason", "impact", "interrupts"]

    onto = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.SlugField(label=_("code"), max_length=40, help_text=_("Short, for its address: certificate-renewal."))
    name = forms.CharField(label=_("name"), max_length=120)

    def __init__(self, *args, model=None, **details):
        super().__init__(*args, **details)
        self.model = model
        self.fields["reason"].label = _("what it is for")
        if model:
            del self.fields["code"]

    def clean_code(self):
        code = self.cleaned_data["code"]
        if code.lower() in models.TAKEN or StandardModel.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another model has this code. Choose another one."))
        return code


class ReviewForm(KeyedForm):
    """Until when a model may be used before somebody looks at it again."""

    review_due_on = forms.DateField(label=_("look at it again by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, **details):
        super().__init__(*args, **details)
        self.fields["review_due_on"].initial = company_day(clock.now()) + A_YEAR
