"""What a customer may do with an incident through a link, without an account (O3)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents import kinds, services
from incidents.models import ClosingKind, Status
from incidents.timeline import conversation
from itsm.core.numbering import shown
from itsm.documents.forms import FilesField
from itsm.links.purposes import Purpose
from itsm.links.purposes import register as register_purpose
from sla import services as sla


class ConfirmForm(forms.Form):
    """Solved or not; neither is chosen in advance."""

    solved = forms.TypedChoiceField(
        label=gettext_lazy("Is it solved?"),
        choices=[("yes", gettext_lazy("Solved")), ("no", gettext_lazy("Not solved"))],
        coerce=lambda value: value == "yes",
        error_messages={"required": gettext_lazy("Choose one: solved or not solved.")},
    )
    rating = forms.TypedChoiceField(
        label=gettext_lazy("How was the service?"), choices=[(n, n) for n in range(1, 6)], coerce=int, required=False, empty_value=None
    )
    words = forms.CharField(label=gettext_lazy("Anything to add"), required=False, max_length=5000)
    missing = forms.CharField(label=gettext_lazy("What is still wrong?"), required=False, max_length=5000)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("solved") is False and not cleaned.get("missing", "").strip():
            self.add_error("missing", _("Tell us what is still wrong, so that we can go on."))
        return cleaned


class AnswerForm(forms.Form):
    """The customer's words and files."""

    body = forms.CharField(
        label=gettext_lazy("Your answer"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    uploads = FilesField()


def shown_to_confirm(link):
    """Exactly the text that the confirming person reads and signs."""
    incident = link.record
    lines = [
        f"{shown('INC', incident.number)} {incident.title}",
        _("You reported: %(text)s") % {"text": incident.description},
        _("What we did: %(text)s") % {"text": incident.resolution},
    ]
    return "\n\n".join(lines)


def _confirm_page(link, at):
    incident = link.record
    lapsed = incident.closing_kind == ClosingKind.LAPSED
    return {
        "incident": incident,
        "lapsed": lapsed,
        "decided": incident.status != Status.RESOLVED and not lapsed,
        "accounts": sla.customer_accounts(incident, at),
        "ratings": range(1, 6),
    }


def _confirm(link, form, facts):
    details = form.cleaned_data
    solved = details["solved"]
    return services.confirm(
        link.record, by=link.person, link=link, facts=facts, solved=solved,
        words=details["words"] if solved else details["missing"], rating=details["rating"] if solved else None,
    )  # fmt: skip


def shown_to_answer(link):
    """What the answer is about; not the conversation, which may grow while they write."""
    return f"{shown('INC', link.record.number)} {link.record.title}"


def _answer_page(link, at):
    incident = link.record
    return {
        "incident": incident,
        "closed": incident.status == Status.CLOSED,
        "conversation": conversation(incident),
        "accounts": sla.customer_accounts(incident, at),
    }


def _answer(link, form, facts):
    return services.answer(link.record, by=link.person, link=link, facts=facts, **form.cleaned_data)


def register():
    register_purpose(
        Purpose(
            name=kinds.CONFIRM_LINK, title=gettext_lazy("Is it solved?"), template="incidents/portal_confirm.html",
            context=_confirm_page, form_class=ConfirmForm, act=_confirm, text=shown_to_confirm,
            thanks=gettext_lazy("Thank you. Your decision is recorded."),
        )
    )  # fmt: skip
    register_purpose(
        Purpose(
            name=kinds.ANSWER_LINK, title=gettext_lazy("Your report"), template="incidents/portal_answer.html",
            context=_answer_page, form_class=AnswerForm, act=_answer, text=shown_to_answer, single_use=False,
            thanks=gettext_lazy("Thank you. Your answer has reached us."),
        )
    )  # fmt: skip
