"""Input of the pages of management reviews and their actions."""

from functools import partial

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.finding_forms import DAY, MOST, KeyedForm, PersonField, ReasonForm, area
from audits.models import Answer, Question, Sort
from audits.months import later
from changes import period
from itsm.core import clock
from itsm.documents.forms import FilesField
from itsm.people.zones import company_day
from sla.attainment import month_named

MONTHS_BACK = 12


def _months():
    return [(f"{day:%Y-%m}", f"{day:%Y-%m}") for day in period.choices(clock.now())]


def _this_month():
    return f"{company_day(clock.now()):%Y-%m}"


def _a_year_back():
    return f"{later(company_day(clock.now()).replace(day=1), 1 - MONTHS_BACK):%Y-%m}"


class PlanReviewForm(KeyedForm):
    """When it is held, by whom it is chaired, and what it looks back on."""

    planned_on = forms.DateField(label=_("planned for"), widget=DAY)
    chair = PersonField(label=_("chair"), help_text=_("Somebody who is top management on that day."))
    first = forms.TypedChoiceField(label=_("looks back from"), choices=_months, initial=_a_year_back, coerce=month_named)
    last = forms.TypedChoiceField(label=_("until the end of"), choices=_months, initial=_this_month, coerce=month_named)


class ReplanForm(ReasonForm):
    """Another day or chair, and why."""

    planned_on = forms.DateField(label=_("planned for"), widget=DAY)
    chair = PersonField(label=_("chair"))
    field_order = ["request_key", "planned_on", "chair", "reason"]


class AnswerInputForm(KeyedForm):
    """An input in words."""

    words = forms.CharField(label=pgettext_lazy("review input", "answer"), widget=area(6), max_length=MOST, required=False)


class InviteForm(KeyedForm):
    """Somebody, in a capacity."""

    person = PersonField(label=_("person"))
    capacity = forms.CharField(label=_("in which capacity"), max_length=120, help_text=_("A role, or what the person reports about."))


class AttendanceForm(KeyedForm):
    """Who was there, of those invited."""

    present = forms.ModelMultipleChoiceField(label=_("present"), queryset=None, widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args, review, **kwargs):
        super().__init__(*args, **kwargs)
        seats = review.attendees.values("person")
        field = self.fields["present"]
        field.queryset = field_people(seats)
        capacities = {seat.person_id: seat.shown_capacity for seat in review.attendees.all()}
        field.label_from_instance = lambda person: f"{person.display} · {capacities[person.pk]}"


def field_people(seats):
    """The people who are invited, in the order of the pickers."""
    return PersonField().queryset.model.objects.filter(pk__in=seats).select_related("organisation").order_by("name", "id")


class HoldForm(AttendanceForm):
    """On which day it was held, and who was there."""

    held_on = forms.DateField(label=_("held on"), widget=DAY)
    field_order = ["request_key", "held_on", "present"]


class JudgeReviewForm(KeyedForm):
    """The three verdicts, each with reasons."""

    ASKED = {
        Question.SUITABLE: _("Suitable: does the system fit the company, its services and its customers?"),
        Question.ADEQUATE: _("Adequate: is everything there that it needs, and is it enough?"),
        Question.EFFECTIVE: _("Effective: does it reach what it is for?"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for question, asked in self.ASKED.items():
            self.fields[f"{question.value}_answer"] = forms.ChoiceField(label=asked, choices=Answer.choices, widget=forms.RadioSelect)
            self.fields[f"{question.value}_reasons"] = forms.CharField(
                label=_("reasons: %(verdict)s") % {"verdict": question.label}, widget=area(2), max_length=MOST
            )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        names = [question.value for question in Question]
        if all(cleaned.get(f"{name}_{part}") for name in names for part in ("answer", "reasons")):
            cleaned["verdicts"] = {name: (cleaned[f"{name}_answer"], cleaned[f"{name}_reasons"]) for name in names}
        for name in names:
            for part in ("answer", "reasons"):
                cleaned.pop(f"{name}_{part}", None)
        return cleaned


class DecideForm(KeyedForm):
    """A decision: what, why, by whom, until when."""

    title = forms.CharField(label=pgettext_lazy("review action", "what is to be done"), max_length=200)
    why = forms.CharField(label=pgettext_lazy("decision", "why"), widget=area(2), max_length=MOST, required=False)
    sort = forms.ChoiceField(
        label=pgettext_lazy("decision", "about"), choices=Sort.choices, widget=forms.RadioSelect, initial=Sort.IMPROVEMENT
    )
    owner = PersonField(label=pgettext_lazy("action", "owner"))
    due_on = forms.DateField(label=_("due"), widget=DAY)


class SignForm(KeyedForm):
    """The confirmation, of exactly what was shown."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReportForm(KeyedForm):
    """What was done, and what shows it."""

    shown = forms.CharField(
        label=_("what was done, and what shows it"), widget=area(), max_length=MOST,
        help_text=_("A change, a document, a list: where one can see it.")
    )  # fmt: skip
    uploads = FilesField()


class WordsForm(KeyedForm):
    words = forms.CharField(label=pgettext_lazy("corrective action", "words"), widget=area(2), max_length=2000, required=False)


def about(form_class, review):
    """A form that asks its review something."""
    return partial(form_class, review=review)
