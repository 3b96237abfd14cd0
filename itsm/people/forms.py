"""Input of the pages about people."""

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from itsm.calendars.models import Calendar
from itsm.core.errors import Refused
from itsm.people.models import Absence, Organisation, Person, Role, Shift, Team
from itsm.people.models.person import Language
from itsm.people.zones import known_zones


def attempt(form, act):
    """Call `act()`; a refusal becomes an error of the form. Return what it gave, or None."""
    try:
        return act()
    except Refused as refused:
        form.add_error(None, str(refused.sentence))
        return None


def day_field(label, **details):
    """A field for a calendar day."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **details)


def instant_field(label):
    """A field for a day and time in the writer's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def zone_field():
    """A field for a time zone by its IANA name."""
    choices = [(name, name) for name in sorted(known_zones()) if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    return forms.ChoiceField(label=_("time zone"), choices=[("UTC", "UTC"), *choices])


class PersonForm(forms.ModelForm):
    """Everything keepers of people may write about one of us."""

    time_zone = zone_field()
    joined_on = day_field(_("joined on"), required=False)

    class Meta:
        model = Person
        fields = [
            "name", "username", "email", "phone", "language", "time_zone", "manager", "capacity", "works_on", "joined_on", "is_staff",
        ]  # fmt: skip
        labels = {"name": _("full name")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = Person.objects.internal().active()
        self.fields["works_on"].queryset = Calendar.objects.living().hours()

    def changes(self):
        """Return the fields that were changed, for services.edit."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.fields}


class ContactForm(PersonForm):
    """What is kept about somebody of a customer."""

    class Meta(PersonForm.Meta):
        fields = ["name", "username", "email", "phone", "language", "time_zone"]

    def __init__(self, *args, **kwargs):
        forms.ModelForm.__init__(self, *args, **kwargs)
        self.fields.pop("joined_on")
        self.fields["username"].required = False
        self.fields["username"].help_text = _("Only for somebody who is to sign in. Left empty, one is made.")


class CallerForm(forms.ModelForm):
    """What whoever answers the phone writes down about a caller; the mail address is a keeper's to add."""

    class Meta:
        model = Person
        fields = ["name", "phone", "language"]
        labels = {"name": _("full name")}


class ProfileForm(forms.ModelForm):
    """What people change about themselves."""

    time_zone = zone_field()

    class Meta:
        model = Person
        fields = ["name", "email", "phone", "language", "time_zone"]
        labels = {"name": _("full name")}

    def changes(self):
        """Return the fields that were changed, for services.edit."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class AppointmentForm(forms.Form):
    """A role for somebody, from a day until a day."""

    role = forms.ChoiceField(label=_("role"), choices=Role.choices)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("team"), required=False)
    process = forms.CharField(label=_("process"), max_length=60, required=False)
    first_on = day_field(_("first day"), required=False, help_text=_("Empty: today."))
    last_on = day_field(_("last day"), required=False, help_text=_("Empty: until it is ended."))
    deputy = forms.ModelChoiceField(Person.objects.none(), label=_("deputy"), required=False)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.living()
        self.fields["deputy"].queryset = Person.objects.internal().active().exclude(pk=person.pk)
        if person.is_contact:
            self.fields["role"].choices = [(Role.CUSTOMER_REPRESENTATIVE.value, Role.CUSTOMER_REPRESENTATIVE.label)]
            del self.fields["team"], self.fields["process"], self.fields["deputy"]


class EndForm(forms.Form):
    """The last day of an appointment."""

    last_on = day_field(_("last day"), required=False, help_text=_("Empty: today."))
    reason = forms.CharField(label=_("reason"), max_length=200, required=False)


class LeaveForm(forms.Form):
    """Somebody's last day with us."""

    on = day_field(_("last day"), required=False, help_text=_("Empty: today. Up to today, the account is closed at once."))
    reason = forms.CharField(label=_("reason"), max_length=200, required=False)


class ForgetForm(forms.Form):
    """Why personal data is blanked, and the name once more so that it is not done by mistake."""

    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("For example: the person asked for it on 3 March."))
    name = forms.CharField(label=_("Type the name to confirm"), max_length=150)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if name != self.person.name:
            raise forms.ValidationError(_("This is not the name. Type it exactly as it is shown."))
        return name


class ShiftForm(forms.ModelForm):
    """When somebody is on duty."""

    starts_at = instant_field(_("starts"))
    ends_at = instant_field(_("ends"))

    class Meta:
        model = Shift
        fields = ["starts_at", "ends_at", "team"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.living()
        self.fields["team"].help_text = _("Empty: for all teams of this person.")


class AbsenceForm(forms.ModelForm):
    """Days somebody is not here."""

    first_on = day_field(_("first day"))
    last_on = day_field(_("last day"))

    class Meta:
        model = Absence
        fields = ["first_on", "last_on", "reason"]


class TeamForm(forms.ModelForm):
    """A team's names and lead."""

    class Meta:
        model = Team
        fields = ["name", "name_en", "lead"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = Person.objects.internal().active()


class OrganisationForm(forms.ModelForm):
    """A customer, a supplier, or our own company."""

    time_zone = zone_field()

    class Meta:
        model = Organisation
        fields = ["name", "code", "kind", "time_zone", "account_owner"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account_owner"].queryset = Person.objects.internal().active()
        if self.instance.kind == Organisation.Kind.OWN:
            del self.fields["kind"]
        else:
            self.fields["kind"].choices = [(k.value, k.label) for k in Organisation.Kind if k != Organisation.Kind.OWN]


class WelcomeForm(SetPasswordMixin, forms.Form):
    """An invited person's own user name, name and password."""

    username = forms.CharField(label=_("user name"), max_length=150, validators=[UnicodeUsernameValidator()])
    name = forms.CharField(label=_("full name"), max_length=150)
    password1, password2 = SetPasswordMixin.create_password_fields(_("password"), _("password again"))

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_username(self):
        username = self.cleaned_data["username"]
        if Person.objects.exclude(pk=self.person.pk).filter(username=username).exists():
            raise forms.ValidationError(_("This user name is taken."))
        return username

    def clean(self):
        self.validate_passwords("password1", "password2")
        self.validate_password_for_user(self.person, "password2")
        return super().clean()


class LanguageForm(forms.Form):
    """The language chosen in the top bar."""

    language = forms.ChoiceField(choices=Language.choices)
