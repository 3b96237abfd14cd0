"""Input of the pages of programmes and audits."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from audits import clauses, framework
from audits.finding_forms import DAY, MOST, KeyedForm, PersonField
from audits.finding_forms import area as lines
from audits.models import AgendaSort, AuditArea, AuditMethod, AuditSort, ChecklistResult, Programme
from itsm.documents.forms import FilesField
from itsm.people.forms import instant_field
from itsm.people.models import Person, Role

OBJECTIVES = _(
    "See whether our service management conforms to ISO/IEC 20000-1 and to our own procedures, whether it works, and what can be better."
)
RISKS = _("Too few independent auditors; too few records of young processes to look at; people who have no time on the day.")
SCOPE = _("The whole service management system, with all services and customers.")
CRITERIA = _("ISO/IEC 20000-1, our own procedures, and the agreements with customers.")


def day(label, **details):
    """A field for a day."""
    return forms.DateField(label=label, widget=DAY, **details)


class ProgrammeForm(KeyedForm):
    """What a year's audits are for, and who looks after them."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    objectives = forms.CharField(label=_("objectives"), widget=lines(), max_length=MOST, initial=OBJECTIVES)
    risks = forms.CharField(label=_("what could go wrong with it"), widget=lines(2), max_length=MOST, required=False, initial=RISKS)
    owner = PersonField(label=_("looks after it"))
    draft = forms.BooleanField(
        label=_("plan audits for everything at once"), required=False, initial=True,
        help_text=_("Two audits that cover every clause and process, critical ones twice in the first year, with independent auditors."),
    )  # fmt: skip


class ProgrammeEditForm(ProgrammeForm):
    """The same, once it exists."""

    year = draft = None


class AuditForm(KeyedForm):
    """The plan of an audit."""

    title = forms.CharField(label=_("title"), max_length=200)
    sort = forms.ChoiceField(label=_("sort"), choices=AuditSort.choices, widget=forms.RadioSelect,
                             help_text=_("A mock audit is an exercise: it does not count for the programme."))  # fmt: skip
    programme = forms.ModelChoiceField(Programme.objects.all(), label=_("programme"), required=False)
    lead = PersonField(label=_("lead auditor"))
    starts_on = day(_("begins on"))
    ends_on = day(_("ends on"))
    period_from = day(_("records from"))
    period_until = day(_("records until"), help_text=_("Who owned, worked on or approved what lies between these days is not independent."))
    methods = forms.MultipleChoiceField(label=_("methods"), choices=AuditMethod.choices, widget=forms.CheckboxSelectMultiple)
    scope = forms.CharField(label=_("scope"), widget=lines(2), max_length=MOST, initial=SCOPE)
    criteria = forms.CharField(label=_("audit criteria"), widget=lines(2), max_length=MOST, required=False, initial=CRITERIA)
    processes = forms.MultipleChoiceField(label=_("processes"), required=False, widget=forms.CheckboxSelectMultiple)
    clauses = forms.MultipleChoiceField(
        label=_("single clauses beside them"), choices=clauses.choices(), required=False,
        help_text=_("The clauses of a process are covered with it."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["processes"].choices = [(code, told.label()) for code, told in framework.processes().items()]

    @staticmethod
    def proposed(person, today):
        """What the form begins with: an audit by this person in two weeks, of the last six months."""
        starts = today + timedelta(days=14)
        return {
            "lead": person, "sort": AuditSort.INTERNAL, "methods": [AuditMethod.DOCUMENTS, AuditMethod.ON_SITE], "starts_on": starts,
            "ends_on": starts + timedelta(days=1), "period_from": today - timedelta(days=180), "period_until": today,
        }  # fmt: skip


class AuditorForm(KeyedForm):
    """Who audits an area."""

    auditor = PersonField(label=_("auditor"))


class TrainingForm(KeyedForm):
    """What an auditor was trained in, with what shows it."""

    person = PersonField(label=_("auditor"))
    course = forms.CharField(label=_("course"), max_length=200, help_text=_("For example: internal auditor, ISO/IEC 20000-1."))
    provider = forms.CharField(label=_("given by"), max_length=200, required=False)
    completed_on = day(_("completed on"))
    expires_on = day(_("counts until"), required=False, help_text=_("Without a date: for good."))
    uploads = FilesField(label=_("certificate"))


class OverrideForm(KeyedForm):
    """Top management allows somebody who is not independent."""

    person = PersonField(label=_("auditor"))
    reviewer = PersonField(label=_("second reviewer"), help_text=_("Somebody independent who looks at it a second time."))
    reason = forms.CharField(label=_("reason"), widget=lines(), max_length=MOST, help_text=_("It is printed in the report."))


class ConclusionForm(KeyedForm):
    """What the audit came to."""

    conclusion = forms.CharField(
        label=_("audit conclusion"), widget=lines(5), max_length=MOST,
        help_text=_("Does the system conform, is it kept up, does it work? What is good, what has to change?"),
    )  # fmt: skip


class InviteForm(KeyedForm):
    """An auditor from outside: one who is known, or somebody new."""

    guest = forms.ModelChoiceField(Person.objects.none(), label=_("known guest"), required=False)
    name = forms.CharField(label=_("or somebody new: name"), max_length=150, required=False)
    email = forms.EmailField(label=_("e-mail"), required=False)
    organisation = forms.CharField(label=_("organisation"), max_length=200, required=False)
    valid_until = day(_("last day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = Person.objects.active().filter(appointments__role=Role.EXTERNAL_AUDITOR).exclude(organisation__kind="own")
        self.fields["guest"].queryset = held.exclude(organisation=None).distinct()


class AgendaForm(KeyedForm):
    """One entry of the agenda."""

    sort = forms.ChoiceField(label=_("sort"), choices=AgendaSort.choices)
    area = forms.ModelChoiceField(AuditArea.objects.none(), label=_("area"), required=False)
    starts_at = instant_field(_("from"))
    ends_at = instant_field(_("until"))
    auditee = PersonField(label=_("with whom"), required=False)
    words = forms.CharField(label=_("remark"), max_length=300, required=False)

    def __init__(self, *args, audit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = audit.areas.standing().select_related("process")


class AnswerQuestionForm(forms.Form):
    """What an audit found to one question."""

    result = forms.ChoiceField(label=_("result"), choices=ChecklistResult.choices)
    note = forms.CharField(label=_("note"), widget=lines(2), max_length=MOST, required=False)
    method = forms.ChoiceField(label=_("method"), choices=[("", "–"), *AuditMethod.choices], required=False)


class QuestionForm(KeyedForm):
    """A question of one's own."""

    area = forms.ModelChoiceField(AuditArea.objects.none(), label=_("area"))
    clause = forms.ChoiceField(label=_("clause"), choices=clauses.choices())
    question = forms.CharField(label=_("question"), widget=lines(2), max_length=2000)

    def __init__(self, *args, audit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = audit.areas.standing().select_related("process")
