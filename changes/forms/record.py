"""Input of a change's own page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from changes.forms.acts import KeyedForm
from changes.models import Answered
from itsm.documents.forms import FilesField

AREA = forms.Textarea(attrs={"rows": 3})


class RemarkForm(KeyedForm):
    """What somebody says about a change; `answers` is one of the questions that `ask` was given."""

    answers = forms.TypedChoiceField(label=_("in answer to"), required=False, empty_value=None)
    words = forms.CharField(label=_("remark"), widget=AREA, max_length=20_000, error_messages={"required": _("Write something first.")})
    uploads = FilesField()

    def ask(self, questions):
        """Offer these decisions, each a question, as what the remark may answer."""
        by_key = {str(question.pk): question for question in questions}
        field = self.fields["answers"]
        field.choices = [("", _("no question")), *((key, _question(q)) for key, q in by_key.items())]
        field.coerce = by_key.get


def _question(question):
    """A question in short, with who asked it."""
    words = question.words if len(question.words) <= 80 else f"{question.words[:79]}…"
    return f"{question.person.display}: {words}"


class AnswerForm(KeyedForm):
    """The number of a record that the change answers."""

    number = forms.CharField(label=_("number"), max_length=40, help_text=_("For example INC-000123."))


class UnanswerForm(KeyedForm):
    """One of those that are named."""

    answered = forms.ModelChoiceField(label=_("what it answers"), queryset=Answered.objects.none())

    def suit(self, change):
        """Only what this change answers now."""
        self.fields["answered"].queryset = change.answered.standing()
