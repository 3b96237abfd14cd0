"""Input of the pages of findings."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import clauses, finding_records
from audits.grading import Counted
from audits.models import Audit, AuditStatus, Grade, MemberRole, Source
from itsm.core.errors import Refused
from itsm.documents.forms import FilesField
from itsm.people.models import Person

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST = 10_000


def area(rows=3):
    """A text field of so many lines."""
    return forms.Textarea(attrs={"rows": rows})


class PersonField(forms.ModelChoiceField):
    """One of our own people who is here."""

    def __init__(self, **details):
        super().__init__(queryset=Person.objects.internal().active().select_related("organisation").order_by("name", "id"), **details)


class KeyedForm(forms.Form):
    """A form that acts once: the hidden key names the deed. Alone it is a confirmation."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)


class ReasonForm(KeyedForm):
    """A deed that needs a reason."""

    reason = forms.CharField(label=_("reason"), widget=area(), max_length=MOST)


class AnswerForm(KeyedForm):
    """What who answers for a finding has to say."""

    reason = forms.CharField(
        label=pgettext_lazy("finding", "answer"), widget=area(), max_length=MOST, error_messages={"required": _("Write your answer first.")}
    )
    uploads = FilesField()


class RegradeForm(ReasonForm):
    """Another grade, and why."""

    grade = forms.ChoiceField(label=_("grade"), choices=Grade.choices, widget=forms.RadioSelect)
    field_order = ["request_key", "grade", "reason"]


class TakeUpForm(KeyedForm):
    """Who does something about an observation, and until when there is a plan."""

    owner = PersonField(label=pgettext_lazy("action", "owner"))
    answer_by = forms.DateField(label=_("plan due"), widget=DAY, required=False, help_text=_("Without a date: in 30 days."))


class CountedForm(forms.Form):
    """What was counted, and what it is about: enough for the suggestion of a grade."""

    clause = forms.ChoiceField(label=_("clause"), choices=[("", "–"), *clauses.choices()])
    process = forms.SlugField(label=_("process"), max_length=40, required=False, help_text=_("A code, for example incident."))
    population = forms.IntegerField(label=_("records looked at"), min_value=0, max_value=10_000_000, required=False)
    failed = forms.IntegerField(label=_("of them failed"), min_value=0, max_value=10_000_000, required=False)
    whole_stratum = forms.BooleanField(label=_("every record of one process and post failed"), required=False)

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("failed") or 0) > (cleaned.get("population") or 0):
            self.add_error("failed", _("No more can fail than were looked at."))
        return cleaned

    def counted(self):
        """The Counted of valid input."""
        said = self.cleaned_data
        return Counted(said.get("population") or 0, said.get("failed") or 0, bool(said.get("whole_stratum")))


def running_audits(person):
    """The audits in progress that somebody is an auditor of: findings of those they may raise."""
    team = (MemberRole.LEAD, MemberRole.AUDITOR)
    mine = Audit.objects.filter(members__person=person, members__role__in=team, members__dropped_at=None)
    return mine.filter(status=AuditStatus.IN_PROGRESS).order_by("-id")


class RaiseForm(CountedForm, KeyedForm):
    """A finding: its three parts, where it belongs, the grade with its reason, who answers for it."""

    requirement = forms.CharField(
        label=_("requirement"), widget=area(2), max_length=MOST, help_text=_("What has to be, and where that stands.")
    )  # fmt: skip
    evidence = forms.CharField(label=_("evidence"), widget=area(2), max_length=MOST, help_text=_("What was seen, where and when."))
    gap = forms.CharField(label=_("gap"), widget=area(), max_length=MOST, help_text=_("What is missing between the two."))
    records = forms.CharField(
        label=_("records"), max_length=2000, required=False,
        help_text=_("Numbers, for example INC-000123 CHG-000004. They are kept as they are now."),
    )  # fmt: skip
    audit = forms.ModelChoiceField(Audit.objects.none(), label=_("audit"), required=False)
    source = forms.ChoiceField(label=_("source"), choices=Source.choices, initial=Source.AUDIT)
    source_words = forms.CharField(label=_("where exactly"), max_length=200, required=False)
    grade = forms.ChoiceField(label=_("grade"), choices=Grade.choices, widget=forms.RadioSelect)
    grade_why = forms.CharField(label=_("why this grade"), max_length=2000, widget=area(2))
    auditee = PersonField(label=_("answers for it"), help_text=_("Who owns the process."))
    owner = PersonField(label=_("owner of the correction"), required=False, help_text=_("Nobody named: who answers for it."))
    answer_by = forms.DateField(
        label=_("plan due"), widget=DAY, required=False, help_text=_("Without a date: 5 days for a major one, else 14.")
    )  # fmt: skip

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["auditee"].queryset = self.fields["auditee"].queryset.exclude(pk=person.pk)
        self.fields["audit"].queryset = running_audits(person)

    def clean_records(self):
        try:
            return finding_records.named(self.cleaned_data["records"], self.person)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def said(self):
        """What `services.raise_finding` takes."""
        own = ("requirement", "evidence", "gap", "clause", "process", "source", "source_words", "grade", "grade_why", "auditee", "owner",
               "answer_by", "records", "audit")  # fmt: skip
        return {name: self.cleaned_data[name] for name in own} | {"counted": self.counted()}
