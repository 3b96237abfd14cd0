"""Input of the risk page: the questions in force, as data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from changes import risk
from changes.wording import either


class RiskForm(forms.Form):
    """One choice a question, the triggers that hold, and a remark. `answers` and `triggers` are what `services.assess` takes."""

    remark = forms.CharField(label=_("remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    questionnaire = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, questionnaire, category, **details):
        super().__init__(*args, **details)
        self.version, self.always = questionnaire, risk.ALWAYS_HIGH.get(category)
        for question in questionnaire.questions:
            self.fields[f"q-{question['code']}"] = forms.TypedChoiceField(
                label=either(question["text"], question["text_en"]), coerce=int, widget=forms.RadioSelect,
                choices=[(points, either(text, text_en)) for points, text, text_en in question["options"]],
                error_messages={"required": _("Choose one of the answers.")},
            )  # fmt: skip
        self.fields["triggers"] = forms.MultipleChoiceField(
            label=_("In any case high"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(t["code"], either(t["text"], t["text_en"])) for t in questionnaire.triggers],
        )  # fmt: skip

    def clean_questionnaire(self):
        if self.cleaned_data["questionnaire"] != self.version.no:
            raise forms.ValidationError(_("The questions were changed meanwhile. Look at them again, then save."))
        return self.cleaned_data["questionnaire"]

    def questions(self):
        """`[(weight, bound field)]` in order."""
        return [(question.get("weight", 1), self[f"q-{question['code']}"]) for question in self.version.questions]

    def answers(self):
        """{code: points} of what was answered."""
        given = {q["code"]: self.cleaned_data.get(f"q-{q['code']}") for q in self.version.questions}
        return {code: points for code, points in given.items() if points not in (None, "")}

    def ticks(self):
        """`[(code, words, ticked, whether the category ticks it)]` of the triggers."""
        value = self["triggers"].value() or ()
        return [(code, words, code in value or code == self.always, code == self.always) for code, words in self.fields["triggers"].choices]


def first(assessment, questionnaire):
    """What the form begins with: the answers that count now, as far as the questions in force still have them."""
    kept = {"questionnaire": questionnaire.no}
    if assessment is None:
        return kept
    return (
        kept
        | {f"q-{code}": points for code, points in assessment.answers.items()}
        | {"remark": assessment.remark, "triggers": assessment.triggers}
    )
