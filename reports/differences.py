"""What a fact says and what is known now, side by side and in words."""

import dataclasses

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog.models import Criticality, Service
from changes.measures import TIERS
from changes.models import Category
from itsm.people.models import Organisation, Person, Team
from reports.wording import LENGTHS, SMALL, length_words, outcome_words

LABELS = {
    "customer_id": gettext_lazy("Customer"), "service_id": gettext_lazy("Service"), "team_id": gettext_lazy("Team"),
    "handler_id": gettext_lazy("Handler"), "priority": gettext_lazy("Priority"), "tier": gettext_lazy("Tier"),
    "category": gettext_lazy("Category"), "services": gettext_lazy("Services"), "day": gettext_lazy("Day"),
}  # fmt: skip
"""What differs is told by these names; outcome, marks and lengths have words of their own."""
NAMED = {"customer_id": Organisation, "service_id": Service, "team_id": Team, "handler_id": Person}
_TEXTS = {"tier": {**dict(Criticality.choices), **dict(TIERS)}, "category": dict(Category.choices)}


@dataclasses.dataclass(frozen=True)
class Difference:
    """One thing that was so and is otherwise."""

    label: object
    was: str
    now: str


class Names:
    """What ids of customers, services, teams and people stand for, at most four statements for any number of facts."""

    def __init__(self, facts):
        ids = {field: {fact[field] for fact in facts if fact and fact.get(field) is not None} for field in NAMED}
        ids["service_id"] |= {pk for fact in facts if fact for pk in fact.get("services") or ()}
        self.found = {field: NAMED[field].objects.in_bulk(ids[field]) if ids[field] else {} for field in NAMED}

    def of(self, field, pk):
        """The name, "" of nobody."""
        thing = self.found[field].get(pk)
        if thing is None:
            return "" if pk is None else str(pk)
        if field == "handler_id":
            return thing.display
        return str(thing) if field == "customer_id" else thing.label()

    def said(self, field, value):
        """A value of a fact in words."""
        if field in NAMED:
            return self.of(field, value) or "–"
        if field == "services":
            return ", ".join(self.of("service_id", pk) for pk in value) or "–"
        return f"P{value}" if field == "priority" else str(_TEXTS.get(field, {}).get(value, value)) or "–"


def values_of(fact):
    """What a fact says, as a restatement tells it."""
    fields = [*LABELS, "outcome", "marks", "lengths"]
    return {name: getattr(fact, name) for name in fields if hasattr(fact, name)}


def differences(kind, before, after, names):
    """`[Difference]` between two tellings of a fact, None for one that was not counted; only what both of them tell."""
    if before is None or after is None:
        return [Difference(_("Outcome"), _how(kind, before), _how(kind, after))]
    found = [
        Difference(label, names.said(field, before[field]), names.said(field, after[field]))
        for field, label in LABELS.items()
        if field in before and field in after and str(before[field]) != str(after[field])
    ]
    if "outcome" in after and (before["outcome"], before["marks"]) != (after["outcome"], after.get("marks", before["marks"])):
        found.insert(0, Difference(_("Outcome"), _how(kind, before), _how(kind, {"marks": before["marks"], **after})))
    if "lengths" in after and list(before["lengths"]) != list(after["lengths"]):
        found += _lengths(kind, before["lengths"], after["lengths"])
    return found


def _how(kind, told):
    if told is None:
        return _("not counted")
    return outcome_words(kind, told["outcome"], told["marks"]) or _("counted")


def _lengths(kind, before, after):
    labels = _labels(kind, len(before))
    return [
        Difference(label, words(was), words(now))
        for (label, words), was, now in zip(labels, before, after, strict=True)
        if was != now
    ]  # fmt: skip


def _labels(kind, number):
    """`[(what a length is, how it is worded)]`; the last of a closing are stars."""
    small = SMALL.get(kind, 1)
    told = [(label, lambda value: length_words(value if small == 1 else value / small)) for label in LENGTHS.get(kind, ())]
    return told + [(pgettext_lazy("measure", "Rating"), str)] * (number - len(told))
