"""Input of the steps of a corrective action."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import populations
from audits.finding_forms import DAY, MOST, KeyedForm, PersonField, ReasonForm, area
from audits.models import CauseMethod
from itsm.documents.forms import FilesField


class CorrectForm(KeyedForm):
    """What was done about the case itself."""

    correction = forms.CharField(label=pgettext_lazy("corrective action", "correction"), widget=area(), max_length=MOST)


class ExplainForm(KeyedForm):
    """Why it could happen: whys, or own words."""

    method = forms.ChoiceField(
        label=_("how the cause was found"), choices=CauseMethod.choices, initial=CauseMethod.WHYS, widget=forms.RadioSelect
    )  # fmt: skip
    why_1 = forms.CharField(label=_("Why did it happen?"), max_length=1000, required=False)
    why_2 = forms.CharField(label=_("And why that?"), max_length=1000, required=False)
    why_3 = forms.CharField(label=_("And why that?"), max_length=1000, required=False)
    why_4 = forms.CharField(label=_("And why that?"), max_length=1000, required=False)
    why_5 = forms.CharField(label=_("And why that?"), max_length=1000, required=False, help_text=_("The last answer is the cause."))
    cause = forms.CharField(label=_("cause in own words"), widget=area(), max_length=MOST, required=False)

    def clean(self):
        cleaned = super().clean()
        cleaned["whys"] = [cleaned.pop(f"why_{no}", "") for no in range(1, 6)]
        return cleaned


class ExtentForm(KeyedForm):
    """Where else the same happens."""

    extent = forms.CharField(
        label=_("extent"), widget=area(), max_length=MOST, help_text=_("Where you looked for the same, how, and what you found.")
    )  # fmt: skip


class PlanForm(KeyedForm):
    """What will be done, by whom, until when, and how one will see that it works."""

    plan = forms.CharField(label=pgettext_lazy("corrective action", "plan"), widget=area(4), max_length=MOST)
    owner = PersonField(label=pgettext_lazy("action", "owner"))
    due_on = forms.DateField(label=_("due"), widget=DAY)
    due_reason = forms.CharField(
        label=_("why another date"), max_length=2000, required=False, help_text=_("Only where a former plan had another date.")
    )  # fmt: skip
    criterion = forms.CharField(label=_("how one will see that it works"), widget=area(2), max_length=MOST)
    sampled_from = forms.ChoiceField(label=_("judged on"), choices=populations.choices())
    needed_percent = forms.IntegerField(label=_("percent that must pass"), min_value=1, max_value=100, initial=100)
    after_days = forms.IntegerField(label=_("days after the fix"), min_value=1, max_value=365, initial=30)
    after_records = forms.IntegerField(
        label=_("or new records"), min_value=1, max_value=1_000_000, required=False, help_text=_("Empty: the days alone count.")
    )  # fmt: skip


class ApproveForm(KeyedForm):
    words = forms.CharField(label=pgettext_lazy("corrective action", "words"), widget=area(2), max_length=2000, required=False)


class ImplementForm(KeyedForm):
    """What was done, by whom, and what shows it."""

    implementation = forms.CharField(
        label=_("what was done"), widget=area(), max_length=MOST, help_text=_("And where one can see it: a change, a document, a list.")
    )  # fmt: skip
    implementer = PersonField(label=_("carried out by"))
    uploads = FilesField()


class MoveForm(ReasonForm):
    """Another date, and why."""

    becomes = forms.DateField(label=_("new date"), widget=DAY)
    field_order = ["request_key", "becomes", "reason"]


class HandOverForm(ReasonForm):
    """Another owner, and why."""

    owner = PersonField(label=_("new owner"))
    field_order = ["request_key", "owner", "reason"]


class JudgeForm(KeyedForm):
    """Whether each record of a sample passes, with words, and what follows from it all."""

    words = forms.CharField(label=_("what you found"), widget=area(), max_length=MOST)

    def __init__(self, *args, sample, **kwargs):
        super().__init__(*args, **kwargs)
        self.sample = sample
        for record in sample.records:
            key, name = record["key"], record["label"]
            self.fields[f"passed_{key}"] = forms.ChoiceField(
                label=name, choices=[("yes", _("Passes")), ("no", _("Fails"))], widget=forms.RadioSelect,
                error_messages={"required": _("Say whether %(record)s passes.") % {"record": name}},
            )  # fmt: skip
            label = _("words about %(record)s") % {"record": name}
            self.fields[f"words_{key}"] = forms.CharField(label=label, max_length=2000, required=False)

    def clean(self):
        cleaned = super().clean()
        for record in self.sample.records:
            key = record["key"]
            if cleaned.get(f"passed_{key}") == "no" and not cleaned.get(f"words_{key}", "").strip():
                self.add_error(f"words_{key}", _("Say why %(record)s fails.") % {"record": record["label"]})
        return cleaned

    def rows(self):
        """`[(record, field of the choice, field of the words)]` for the page."""
        return [(record, self[f"passed_{record['key']}"], self[f"words_{record['key']}"]) for record in self.sample.records]

    def said(self):
        """What `services.judge` takes."""
        said, keys = self.cleaned_data, [record["key"] for record in self.sample.records]
        return {"results": {key: (said[f"passed_{key}"] == "yes", said[f"words_{key}"]) for key in keys}, "words": said["words"]}
