"""Input of the editor of the risk questions: questions with their answers, triggers, thresholds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from changes import question_checks
from changes.forms import nested
from changes.services.policies import new_code

TEXTS = ("text", "text_en")
OPTION = {"points": "", "text": "", "text_en": ""}
QUESTION = {"code": "", "text": "", "text_en": "", "weight": "1", "options": [{**OPTION, "points": str(n)} for n in range(4)]}
TRIGGER = {"code": "", "text": "", "text_en": ""}


class TextForm(forms.Form):
    """Words in both languages, with the code they are kept under."""

    code = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    text = forms.CharField(label=_("words"), max_length=200)
    text_en = forms.CharField(label=_("in English"), max_length=200, required=False)


class QuestionForm(TextForm):
    """One question with its weight."""

    weight = forms.IntegerField(label=_("weight"), min_value=1, max_value=question_checks.MOST_WEIGHT)


class OptionForm(forms.Form):
    """One answer with its points."""

    points = forms.IntegerField(label=_("points"), min_value=0, max_value=question_checks.MOST_POINTS)
    text = forms.CharField(label=_("answer"), max_length=200)
    text_en = forms.CharField(label=_("in English"), max_length=200, required=False)


class ThresholdForm(forms.Form):
    """Where a risk begins, and what is new."""

    medium_from = forms.IntegerField(label=_("medium from"), min_value=1, max_value=3000)
    high_from = forms.IntegerField(label=_("high from"), min_value=1, max_value=3000)
    note = forms.CharField(label=_("what is new"), max_length=200, required=False)
    onto = forms.IntegerField(widget=forms.HiddenInput, required=False)


class QuestionsForm:
    """The whole editor."""

    def __init__(self, typed, *, data=None, sentences=()):
        self.sentences, self.is_stale = list(sentences), False
        details = {"use_required_attribute": False}
        self.head = ThresholdForm(data, initial=typed, **details)
        self.questions = []
        for no, question in enumerate(typed["questions"]):
            form = QuestionForm(data, prefix=f"question-{no}", initial=question, **details)
            form.options = [OptionForm(data, prefix=f"question-{no}-option-{place}", initial=option, **details)
                            for place, option in enumerate(question["options"])]  # fmt: skip
            self.questions.append(form)
        self.triggers = [TextForm(data, prefix=f"trigger-{no}", initial=row, **details) for no, row in enumerate(typed["triggers"])]

    def is_valid(self):
        """Whether every field can be read; whether they make a questionnaire is for the service to say."""
        forms_ = [self.head, *self.triggers, *(form for question in self.questions for form in (question, *question.options))]
        return not [form for form in forms_ if not form.is_valid()]

    def cleaned(self):
        """questions, triggers, medium_from, high_from, note, onto: what `services.publish_questions` takes."""
        codes = set()
        questions = [{**_coded(q, codes), "weight": q.cleaned_data["weight"], "options": [_option(o) for o in q.options]}
                     for q in self.questions]  # fmt: skip
        codes = set()
        return {"questions": questions, "triggers": [_coded(trigger, codes) for trigger in self.triggers], **self.head.cleaned_data}


def _coded(form, codes):
    cleaned = form.cleaned_data
    code = cleaned["code"] if cleaned["code"] and cleaned["code"] not in codes else new_code(cleaned["text_en"], codes)
    codes.add(code)
    return {"code": code, "text": cleaned["text"], "text_en": cleaned["text_en"]}


def _option(form):
    return [form.cleaned_data["points"], form.cleaned_data["text"], form.cleaned_data["text_en"]]


def begun(version):
    """A version as the editor begins with it."""
    questions = [{**q, "weight": q.get("weight", 1), "options": [dict(zip(("points", *TEXTS), o, strict=True)) for o in q["options"]]}
                 for q in version.questions]  # fmt: skip
    found = {"questions": questions, "triggers": version.triggers, "medium_from": version.medium_from, "high_from": version.high_from}
    return found | {"onto": version.no}


def typed(data):
    """What a browser sent, right or wrong, with a button of the page done: `question-add`, `option-0-remove-1`, `trigger-up-1`, …"""
    questions = nested.typed(data, "question", ("code", *TEXTS, "weight"))
    for no, question in enumerate(questions):
        question["options"] = nested.typed(data, f"question-{no}-option", ("points", *TEXTS))
    triggers = nested.typed(data, "trigger", ("code", *TEXTS))
    what, _dash, act = data.get("act", "").partition("-")
    if what == "question":
        questions = nested.moved(questions, act, QUESTION)
    if what == "trigger":
        triggers = nested.moved(triggers, act, TRIGGER)
    place, _dash, act = act.partition("-")
    if what == "option" and place.isascii() and place.isdigit() and int(place[:4]) < len(questions):
        question = questions[int(place[:4])]
        question["options"] = nested.moved(question["options"], act, OPTION)
    head = {name: data.get(name, "") for name in ("medium_from", "high_from", "note", "onto")}
    return {"questions": questions, "triggers": triggers, **head}
