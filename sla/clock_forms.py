"""Input of the pages on which clocks are judged."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sla import amending
from sla.models import PAUSE_REASONS, CorrectionKind
from sla.services.judging import EXCUSES
from sla.templatetags.sla import line_kind

AREA = forms.Textarea(attrs={"rows": 3})
EXACT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
WAITED_FOR = [("", "–"), *PAUSE_REASONS]


class ExcuseForm(forms.Form):
    """Why a broken promise is counted apart."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    reason_code = forms.ChoiceField(label=_("reason"), choices=EXCUSES)
    words = forms.CharField(label=_("what happened"), widget=AREA, max_length=2000)


class CorrectForm(forms.Form):
    """What is wrong in a log, and how it really was. Times are in the reader's zone."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    kind = forms.ChoiceField(label=_("what was wrong"), choices=CorrectionKind)
    line = forms.TypedChoiceField(label=_("which line"), coerce=int, required=False, empty_value=None)
    to = forms.DateTimeField(label=_("when it really happened"), required=False, widget=EXACT)
    since = forms.DateTimeField(label=_("waited from"), required=False, widget=EXACT)
    until = forms.DateTimeField(label=_("until"), required=False, widget=EXACT)
    waited_for = forms.ChoiceField(label=_("waited for"), choices=WAITED_FOR, required=False)
    reason = forms.CharField(label=_("how you know"), widget=AREA, max_length=2000)

    def __init__(self, *args, kept, **kwargs):
        super().__init__(*args, **kwargs)
        lines = {line.seq: line for line in kept.lines}
        named = {seq: f"{seq}. {line_kind(lines[seq])}" for seq, _act in amending.lines_to_move(kept) + amending.lines_to_void(kept)}
        self.fields["line"].choices = [("", "–"), *sorted(named.items())]

    def details(self):
        """What the verb is told: the fields that its kind asks for."""
        wanted = {
            CorrectionKind.CONTACT_LATER: ("to",), CorrectionKind.MOVED: ("line", "to"),
            CorrectionKind.WAITED: ("since", "until", "waited_for"), CorrectionKind.VOIDED: ("line",),
        }  # fmt: skip
        return {name: self.cleaned_data.get(name) for name in wanted[self.cleaned_data["kind"]]}


class DecideForm(forms.Form):
    """The second person's word."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    accepted = forms.TypedChoiceField(
        label=_("verdict"), choices=[("yes", _("Apply it")), ("no", _("Refuse it"))], coerce=lambda value: value == "yes"
    )
    remark = forms.CharField(label=_("remark"), widget=AREA, required=False, max_length=2000)
