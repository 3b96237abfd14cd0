"""What a customer's representative may do with an offered agreement through a link, without an account (D10)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from itsm.links.purposes import Purpose
from itsm.links.purposes import register as register_purpose
from sla import services, wording
from sla.kinds import ACCEPT_LINK
from sla.models import AgreementVersion, VersionStatus
from sla.services.agreements import PARTIES
from sla.services.checks import day_refusals
from sla.services.offering import ACCEPTED, LONGEST_OFFER
from sla.services.terms import read_terms


class AcceptForm(forms.Form):
    """Accept, or ask for something else; neither is chosen in advance."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Do you accept?"),
        choices=[("accept", gettext_lazy("I accept")), ("otherwise", gettext_lazy("I ask for something else"))],
        error_messages={"required": gettext_lazy("Choose one: accept, or ask for something else.")},
    )
    wanted = forms.CharField(label=gettext_lazy("What should be different?"), required=False, max_length=5000)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == "otherwise" and not cleaned.get("wanted", "").strip():
            self.add_error("wanted", _("Tell us what should be different, so that we can answer."))
        return cleaned


def shown_to_accept(link):
    """Exactly the text that the representative reads and signs."""
    return wording.text(read_terms(_version(link)))


def _version(link):
    """The version of a link, with all that its words name."""
    named = (*PARTIES, "service_calendar", "maintenance_calendar", "published_by")
    return AgreementVersion.objects.select_related(*named).get(pk=link.object_id)


def _accept_page(link, at):
    version = _version(link)
    return {
        "version": version,
        "sections": wording.sections(read_terms(version)),
        "undecided": version.status == VersionStatus.OFFERED and not version.agreement.ended_at,
        "accepted": version.status == VersionStatus.ACCEPTED,
        "lapsed": version.status == VersionStatus.OFFERED and bool(day_refusals(version, at)),
    }


def _decide(link, form, facts):
    details = {"by": link.person, "link": link, "facts": facts}
    if form.cleaned_data["decision"] == "accept":
        return services.accept_version(link.record, **details)
    return services.ask_otherwise(link.record, wanted=form.cleaned_data["wanted"], **details)


def _thanks(receipt):
    if receipt.choice == ACCEPTED:
        return _("Thank you. Your acceptance is recorded, and with it exactly the text that you read.")
    return _("Thank you. The service manager has your words and will answer you.")


def register():
    """Make the purpose known to the links."""
    register_purpose(
        Purpose(
            name=ACCEPT_LINK, title=gettext_lazy("An agreement for you to accept"), template="sla/portal_accept.html",
            context=_accept_page, form_class=AcceptForm, act=_decide, text=shown_to_accept, lifetime=LONGEST_OFFER, thanks=_thanks,
        )
    )  # fmt: skip
