"""Input of the pages of samples and working papers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audits import populations
from audits.finding_forms import MOST, KeyedForm, PersonField, RaiseForm, area
from audits.grading import Counted
from audits.models import AuditArea, EvidenceKind, Outcome
from itsm.documents.forms import FilesField
from itsm.people.models import Person

COUNTED = ("population", "failed", "whole_stratum", "source", "source_words", "audit")
"""What the paper knows by itself and nobody types."""


class DrawForm(KeyedForm):
    """Which records a sample is drawn from, and for which area of the audit."""

    kind = forms.ChoiceField(label=_("records"), choices=populations.choices())
    area = forms.ModelChoiceField(label=_("area of the audit"), queryset=AuditArea.objects.none(), required=False)

    def __init__(self, *args, audit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = audit.areas.standing().select_related("process")
        self.fields["area"].label_from_instance = lambda found: found.label


class ItemForm(KeyedForm):
    """A deed on a record of a sample; `item` and `person` say on which, and whose."""

    def __init__(self, *args, item=None, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.item, self.person = item, person


class JudgeTestForm(ItemForm):
    """What an auditor says of one test."""

    rule = forms.CharField(widget=forms.HiddenInput, max_length=30)
    result = forms.ChoiceField(label=_("it rather"), choices=Outcome)
    reason = forms.CharField(label=_("reason"), widget=area(2), max_length=MOST, required=False)


class WhyForm(ItemForm):
    """A deed that needs words."""

    reason = forms.CharField(label=_("reason"), widget=area(2), max_length=MOST)


class EvidenceForm(ItemForm):
    """Something that speaks for a judgement."""

    kind = forms.ChoiceField(label=_("evidence"), choices=EvidenceKind)
    words = forms.CharField(label=_("words"), widget=area(2), max_length=MOST, required=False)
    person = PersonField(label=_("who said it"), required=False)
    uploads = FilesField(label=_("files"), required=False)


class AssignForm(ItemForm):
    """Who of the team judges a record instead."""

    auditor = forms.ModelChoiceField(label=_("who judges it instead"), queryset=Person.objects.none(), empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        audit = self.item.sample.audit
        team = audit.members.standing().exclude(role="guest").values("person")
        rows = Person.objects.active().filter(pk__in=team) | Person.objects.active().filter(pk=audit.lead_id)
        self.fields["auditor"].queryset = rows.exclude(pk=self.person.pk).select_related("organisation").order_by("name", "id")


class PaperFindingForm(RaiseForm):
    """A finding out of a working paper: what was counted and where it comes from the paper knows."""

    rule = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)

    def __init__(self, *args, item=None, counted=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.item, self._counted = item, counted or Counted()
        for name in COUNTED:
            del self.fields[name]
        for field in self.fields.values():
            field.help_text = ""
        self.fields["records"].label = _("further records")
        self.fields["records"].help_text = _("Numbers, for example INC-000123.")

    def counted(self):
        """What the rule's last run counted over all records."""
        return self._counted

    def said(self):
        """What `services.raise_from_paper` takes."""
        own = (
            "requirement",
            "evidence",
            "gap",
            "clause",
            "process",
            "grade",
            "grade_why",
            "auditee",
            "owner",
            "answer_by",
            "records",
            "rule",
        )
        return {name: self.cleaned_data[name] for name in own} | {"counted": self._counted}
