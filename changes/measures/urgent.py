"""Emergencies of a period, for management: why, who let them begin, and what was said afterwards."""

import dataclasses

from django.db.models.functions import Coalesce

from changes.models import Change, Decision, Kind, Outcome, RoundKind
from changes.models.approval import FINAL


@dataclasses.dataclass(frozen=True)
class Emergency:
    """One line of the list. panel: the panel's decision before the start, or None; afterwards: the final decisions after the fact."""

    change: Change
    panel: Decision | None
    afterwards: tuple

    @property
    def waited(self):
        """From asking for it to its start, or None."""
        return self.change.started_at and self.change.started_at - self.change.raised_at

    @property
    def refusals(self):
        """Who rejected it after the fact, with their words."""
        return [decision for decision in self.afterwards if decision.choice == "reject"]


def rows(scope):
    """Emergencies that began in the period; those that did not begin count when they were submitted, or asked for. The newest first."""
    begun = Coalesce("started_at", "submitted_at", "raised_at")
    found = Change.objects.filter(scope.of(), kind=Kind.EMERGENCY).annotate(begun=begun).filter(scope.within("begun"))
    return found.select_related("requester", "implementer").order_by("-begun", "-id")


def emergencies(scope, most):
    """`(so many at most of them, how many in all)`; three queries."""
    return with_decisions(rows(scope)[:most]), rows(scope).count()


def with_decisions(changes):
    """`[Emergency]` of these changes; one query more than they take.

    What the panel said before the start stands, even when the record was completed later; after the fact only what was not voided.
    """
    changes = list(changes)
    said = Decision.objects.filter(stage__round__change__in=changes, choice__in=FINAL)
    before, after = {}, {}
    for decision in said.select_related("person", "on_behalf_of", "seat", "stage__round").order_by("id"):
        opened = decision.stage.round
        if opened.kind == RoundKind.BEFORE:
            before[opened.change_id] = decision
        elif opened.outcome != Outcome.VOIDED:
            after.setdefault(opened.change_id, []).append(decision)
    return [Emergency(change, before.get(change.pk), tuple(after.get(change.pk, ()))) for change in changes]
