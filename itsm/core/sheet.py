"""Samples for the component sheet: every state of every component once. Nothing here is stored."""

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from itsm.core.clockface import MET, MISSED, PAUSED, Face

MINUTES, HOURS = 60, 3600
SWATCHES = ("bg", "sunken", "hover", "accent", "accent-soft", "run", "red", "orange", "amber", "green", "cyan", "slate")
STATES = (
    ("new", pgettext_lazy("sample", "New")),
    ("work", pgettext_lazy("sample", "In progress")),
    ("hold", pgettext_lazy("sample", "Waiting")),
    ("done", pgettext_lazy("sample", "Resolved")),
)
RESPOND, RESOLVE = pgettext_lazy("sample", "Respond"), pgettext_lazy("sample", "Resolve")


@dataclass(frozen=True)
class Sample:
    """Somebody invented, for avatars."""

    pk: int
    name: str


@dataclass(frozen=True)
class Stage:
    """One stage of a stepper."""

    label: object
    kind: str


class SampleForm(forms.Form):
    """A field that is right, one that is not, a choice and a tick."""

    title = forms.CharField(label=_("Title"), initial=_("Transfers hang"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    team = forms.ChoiceField(label=_("Team"), choices=[("1", _("Cloud lines 1 and 2")), ("2", _("Applications"))], required=False)
    told = forms.BooleanField(label=_("The customer was told by phone"), required=False)


def samples(now):
    """Everything the sheet shows; `now` is the instant it is read at."""
    form = SampleForm({"title": _("Transfers hang"), "reason": "", "team": "1"})
    form.is_valid()
    return {
        "priorities": (1, 2, 3, 4),
        "states": STATES,
        "swatches": SWATCHES,
        "faces": faces(now),
        "people": [Sample(pk, name) for pk, name in enumerate(("林知夏", "Chen Ke", "沈若宁", "He Ye", "郑岚"))],
        "form": form,
        "stages": [Stage(_("Logged"), "past"), Stage(_("In progress"), "now"), Stage(_("Resolved"), "next")],
        "instants": [now - timedelta(minutes=5), now - timedelta(hours=3), now - timedelta(days=40), now + timedelta(hours=2)],
        "lengths": (42, 4 * MINUTES + 5, 28 * MINUTES, 80 * MINUTES, 2 * HOURS, 120 * HOURS),
    }


def faces(now):
    """One clock in every state, the running ones really running."""
    due = now + timedelta(hours=1, minutes=20)
    return [
        Face(RESOLVE, target_s=2 * HOURS, left_s=80 * MINUTES, due_at=due),
        Face(RESOLVE, target_s=2 * HOURS, left_s=26 * MINUTES, due_at=now + timedelta(minutes=26)),
        Face(RESOLVE, target_s=2 * HOURS, left_s=7 * MINUTES, due_at=now + timedelta(minutes=7)),
        Face(RESOLVE, target_s=2 * HOURS, left_s=-12 * MINUTES, due_at=now - timedelta(minutes=12)),
        Face(RESOLVE, state=PAUSED, target_s=2 * HOURS, left_s=58 * MINUTES),
        Face(RESOLVE, target_s=8 * HOURS, left_s=5 * HOURS, due_at=now + timedelta(hours=20), is_open=False),
        Face(RESPOND, state=MET, target_s=30 * MINUTES, left_s=24 * MINUTES),
        Face(RESPOND, state=MISSED, target_s=30 * MINUTES, left_s=-4 * MINUTES),
        Face(RESPOND),
    ]
