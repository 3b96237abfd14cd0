"""Input of the incident pages."""

from datetime import timedelta

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from changes.models import Change
from changes.models.change import PREFIX
from incidents.models import Channel, Incident, ResolutionCode, matrix_priority
from incidents.models.incident import Level, Priority
from incidents.services.logging import contact_time_refusal
from itsm.core import clock
from itsm.core.numbering import read
from itsm.documents.forms import FilesField
from itsm.people.models import Organisation, Person, Team
from sla.models import PAUSE_REASONS
from sla.services import WHYS

AREA = forms.Textarea(attrs={"rows": 3})


class KeyedForm(forms.Form):
    """A form that acts once: the hidden key names the deed."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)


class ItemField(forms.ModelChoiceField):
    """A configuration item that is in use, by its code."""

    def __init__(self, **kwargs):
        own = {"label": _("configuration item"), "to_field_name": "code", "widget": forms.TextInput(attrs={"autocomplete": "off"})}
        missing = {"invalid_choice": _("There is no configuration item with this code.")}
        super().__init__(ConfigurationItem.objects.living(), **own, error_messages=missing, **kwargs)

    def prepare_value(self, value):
        """The code where the item or its id is known; what somebody typed stays as it is."""
        if isinstance(value, int):
            return ConfigurationItem.objects.filter(pk=value).values_list("code", flat=True).first()
        return super().prepare_value(value)


class ItemForm(KeyedForm):
    """What the incident is about; nothing takes it away."""

    item = ItemField(required=False)


class ChangeField(forms.CharField):
    """A change by its number."""

    def __init__(self, **kwargs):
        super().__init__(label=_("change"), max_length=20, **kwargs)

    def clean(self, value):
        number = read(PREFIX, super().clean(value))
        found = Change.objects.filter(number=number).first() if number is not None else None
        if found is None:
            raise forms.ValidationError(_("There is no change with this number. Write it as CHG-000123."))
        return found


class CauseForm(KeyedForm):
    """Which change caused it, and how somebody knows."""

    field_order = ["change", "reason"]

    change = ChangeField()
    reason = forms.CharField(label=_("how you know"), widget=AREA, max_length=2000, required=False)


class ConfirmCauseForm(KeyedForm):
    """A proposal confirmed."""

    reason = forms.CharField(label=_("how you know"), widget=AREA, max_length=2000, required=False)


class LogForm(KeyedForm):
    """The quick log (requirements 45 to 51)."""

    channel = forms.ChoiceField(label=_("channel"), choices=[c for c in Channel.choices if c[0] != Channel.PORTAL], initial=Channel.PHONE)
    contacted_at = forms.DateTimeField(
        label=_("contacted at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    contacted_reason = forms.CharField(label=_("why it is logged so late"), required=False, max_length=200)
    customer = forms.ModelChoiceField(label=_("customer"), queryset=Organisation.objects.customers().living())
    contact = forms.ModelChoiceField(label=_("contact"), queryset=Person.objects.contacts().active())
    service = forms.ModelChoiceField(label=_("service"), queryset=Service.objects.live().select_related("team"))
    configuration_item = ItemField(required=False)
    title = forms.CharField(label=_("title"), max_length=200)
    description = forms.CharField(label=_("description"), widget=AREA, max_length=20_000)
    impact = forms.TypedChoiceField(label=_("impact"), choices=Level.choices, coerce=int)
    urgency = forms.TypedChoiceField(label=_("urgency"), choices=Level.choices, coerce=int)
    priority = forms.TypedChoiceField(
        label=_("another priority"),
        choices=[("", _("as the matrix says")), *Priority.choices],
        coerce=int,
        required=False,
        empty_value=None,
    )
    priority_reason = forms.CharField(label=_("reason for another priority"), required=False, max_length=500)
    uploads = FilesField()

    def clean(self):
        cleaned = super().clean()
        self._check_contact(cleaned)
        self._check_priority(cleaned)
        self._check_contact_time(cleaned)
        return cleaned

    def _check_contact(self, cleaned):
        customer, contact = cleaned.get("customer"), cleaned.get("contact")
        if not (customer and contact):
            return
        if contact.organisation_id != customer.pk:
            self.add_error("contact", _("%(contact)s does not belong to this customer.") % {"contact": contact})
        else:
            contact.organisation = customer

    def _check_priority(self, cleaned):
        if not (cleaned.get("impact") and cleaned.get("urgency") and cleaned.get("priority")):
            return
        if cleaned["priority"] != matrix_priority(cleaned["impact"], cleaned["urgency"]) and not cleaned.get("priority_reason"):
            self.add_error("priority_reason", _("Say why the matrix's priority is not right here."))

    def _check_contact_time(self, cleaned):
        at = clock.now()
        contacted = cleaned.get("contacted_at")
        if contacted and timedelta(0) <= at - contacted < timedelta(minutes=1):
            cleaned["contacted_at"] = contacted = at
        if contacted and (refusal := contact_time_refusal(contacted, cleaned.get("contacted_reason", ""), at)):
            self.add_error(*refusal)


class PreviewForm(forms.Form):
    """What is already known while the caller talks."""

    customer = forms.ModelChoiceField(queryset=Organisation.objects.customers().living(), required=False)
    service = forms.ModelChoiceField(queryset=Service.objects.live().select_related("team"), required=False)
    title = forms.CharField(required=False, max_length=200)
    contacted_at = forms.DateTimeField(required=False)
    impact = forms.TypedChoiceField(choices=Level.choices, coerce=int, required=False, empty_value=None)
    urgency = forms.TypedChoiceField(choices=Level.choices, coerce=int, required=False, empty_value=None)
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, required=False, empty_value=None)


class WordsForm(KeyedForm):
    """A reply, a note, an answer: words with files."""

    body = forms.CharField(label=_("message"), widget=AREA, max_length=20_000, error_messages={"required": _("Write something first.")})
    uploads = FilesField()


class WaitForm(WordsForm):
    """What we ask the customer, and which of the agreement's reasons stops the clock."""

    field_order = ["reason", "body", "uploads"]

    reason = forms.ChoiceField(label=_("reason"), choices=PAUSE_REASONS)


class ReasonForm(KeyedForm):
    """Why."""

    reason = forms.CharField(label=_("reason"), widget=AREA, max_length=2000)


class ReassignForm(ReasonForm):
    """To whom, and why."""

    field_order = ["assignee", "reason"]

    assignee = forms.ModelChoiceField(label=_("owner"), queryset=Person.objects.internal().active())


class ResolveForm(KeyedForm):
    """What was done."""

    resolution = forms.CharField(label=_("solution"), widget=AREA, max_length=20_000)
    resolution_code = forms.ChoiceField(
        label=_("resolution code"), choices=[c for c in ResolutionCode.choices if c[0] != ResolutionCode.UNKNOWN]
    )


KNOWN = forms.BooleanField(label=_("I know that this breaks a promise at once"), required=False)


class ReprioritiseForm(KeyedForm):
    """Another impact or urgency, with the reason."""

    field_order = ["impact", "urgency", "priority", "why", "reason"]

    impact = forms.TypedChoiceField(label=_("impact"), choices=Level.choices, coerce=int)
    urgency = forms.TypedChoiceField(label=_("urgency"), choices=Level.choices, coerce=int)
    priority = LogForm.base_fields["priority"]
    why = forms.ChoiceField(label=_("why it changes"), choices=WHYS, required=False, initial=WHYS[0][0])
    reason = forms.CharField(label=_("reason"), widget=AREA, max_length=2000)
    breach_accepted = KNOWN


class ReclassifyForm(ReasonForm):
    """The service that it is really about."""

    field_order = ["service", "reason"]

    service = forms.ModelChoiceField(label=_("service"), queryset=Service.objects.live().select_related("team"))
    breach_accepted = KNOWN


class ForecastForm(forms.Form):
    """What is chosen so far of another priority or another service."""

    impact = forms.TypedChoiceField(choices=Level.choices, coerce=int, required=False, empty_value=None)
    urgency = forms.TypedChoiceField(choices=Level.choices, coerce=int, required=False, empty_value=None)
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, required=False, empty_value=None)
    why = forms.ChoiceField(choices=WHYS, required=False)
    service = forms.ModelChoiceField(queryset=Service.objects.live(), required=False)
    breach_accepted = forms.BooleanField(required=False)


class TransferForm(ReasonForm):
    """To which team, and why."""

    field_order = ["team", "reason"]

    team = forms.ModelChoiceField(label=_("team"), queryset=Team.objects.living())


class AskSupplierForm(KeyedForm):
    """Which supplier was asked, and what."""

    supplier = forms.ModelChoiceField(
        label=_("supplier"), queryset=Organisation.objects.filter(kind=Organisation.Kind.SUPPLIER, retired_at=None)
    )
    words = forms.CharField(label=_("what they were asked"), widget=AREA, max_length=20_000)


class SupplierAnsweredForm(KeyedForm):
    """What the supplier answered."""

    words = forms.CharField(label=_("what they answered"), widget=AREA, max_length=20_000, required=False)


class CallForm(KeyedForm):
    """What the customer said on the phone."""

    note = forms.CharField(label=_("what the customer said"), widget=AREA, max_length=2000)


class CheckCallForm(KeyedForm):
    """The second person's verdict."""

    accepted = forms.TypedChoiceField(
        label=_("verdict"), choices=[("yes", _("Checked: close it")), ("no", _("Not accepted"))], coerce=lambda v: v == "yes"
    )
    remark = forms.CharField(label=_("remark"), widget=AREA, required=False, max_length=2000)


class EditForm(forms.ModelForm):
    """Corrections of what was written down."""

    configuration_item = ItemField(required=False)

    class Meta:
        model = Incident
        fields = ["title", "description", "contact", "configuration_item"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = Q(organisation=self.instance.customer_id, is_active=True) | Q(pk=self.instance.contact_id)
        self.fields["contact"].queryset = Person.objects.filter(own)
        self.fields["contact"].required = True
