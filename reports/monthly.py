"""Months of figures: which are closed and sealed, how many facts they hold, and what would be counted otherwise since."""

import dataclasses
from datetime import date

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from changes.measures.definitions import CARRIED_OUT, DECIDED
from changes.models import Change
from changes.period import Period
from incidents.measures import CLOSED, LOGGED, RESOLVED
from incidents.models import Incident
from itsm.core import measures
from itsm.people.zones import company_day
from reports import figures, restated, services
from reports.differences import Names, differences
from reports.models import ChangeFact, ClosedMonth, Restatement, Tally
from reports.scope import Scope
from reports.wording import cause_words
from sla.measures import FIRED, RESPONDED
from sla.models import Metric

SHOWN = ("attainment_response", "attainment_resolution", "attainment_update")
"""Measures that the list of months tells, as they were closed and as they would be counted now."""
KINDS = {
    **dict(Metric.choices), LOGGED: gettext_lazy("Reported"), RESPONDED: gettext_lazy("Response given"),
    RESOLVED: pgettext_lazy("fact", "Solved"), CLOSED: pgettext_lazy("fact", "Closed"), FIRED: gettext_lazy("Escalation"),
    CARRIED_OUT: gettext_lazy("Change carried out"), DECIDED: gettext_lazy("Approval decided"),
}  # fmt: skip
"""What each kind of fact tells."""


@dataclasses.dataclass(frozen=True)
class Month:
    """A month of the company. figures, again: `{measure key: Figure}` as they stand, and those that would be counted otherwise now.

    closes_at: when it closes by itself; None of one that is closed. is_next: whether it is the one that may be closed now.
    """

    first: date
    closed: ClosedMonth | None
    facts: int
    restatements: int
    closes_at: object
    is_next: bool
    figures: dict
    again: dict

    @property
    def key(self):
        """The month as addresses name it."""
        return f"{self.first:%Y-%m}"

    def get_absolute_url(self):
        return reverse("reports:month", args=[self.key])


def listed(period, at, chosen=SHOWN):
    """`[Month]` of a period, the newest first; a fixed number of statements, and one more for the month that closes next."""
    asked, scope = [measures.named(key) for key in chosen], Scope(period)
    found = figures.read(scope, asked, by="month", percentiles=False)
    again = restated.read(scope, found, by="month")
    within = {"month__gte": period.first, "month__lte": period.last}
    closed = {one.month: one for one in ClosedMonth.objects.filter(**within).select_related("closed_by")}
    noted = dict(Restatement.objects.filter(**within).order_by().values_list("month").annotate(Count("id")))
    open_facts, following = _open_facts(within), services.next_to_close()
    return [
        Month(
            month, closed.get(month), closed[month].facts if month in closed else open_facts.get(month, 0), noted.get(month, 0),
            None if month in closed else services.closes_at(month), month == following and month < company_day(at).replace(day=1),
            found.get(month, {}), again.get(month, {}),
        )
        for month in reversed(period.months)
    ]  # fmt: skip


def one(first, at):
    """The Month, with every promise."""
    return listed(Period(first, first), at, [measure.key for measure in measures.known().values() if measure.group == "promises"])[0]


def _open_facts(within):
    """`{month: how many facts}` of open months: of tickets from their sums."""
    whole = {"grain": "m", "customer": 0, "service": 0, "team": 0}
    tallies = Tally.objects.filter(start__gte=within["month__gte"], start__lte=within["month__lte"], **whole)
    found = dict(tallies.values_list("start").annotate(Sum("number")))
    for month, number in ChangeFact.objects.filter(**within).order_by().values_list("month").annotate(Count("id")):
        found[month] = found.get(month, 0) + number
    return found


@dataclasses.dataclass(frozen=True)
class Told:
    """A restatement in words, with its record."""

    restatement: Restatement
    record: object
    kind: object
    cause: str
    differences: list


def told(restatements):
    """`[Told]` of some restatements: seven statements at most."""
    incidents = Incident.objects.only("number", "title").in_bulk(_ids(restatements, "incident"))
    changes = Change.objects.only("number", "title").in_bulk(_ids(restatements, "change"))
    names = Names([fact for one in restatements for fact in (one.before, one.after)])
    found = {"incident": incidents, "change": changes}
    return [
        Told(
            one, found[one.record_type.model].get(one.record_id), KINDS.get(one.kind, one.kind), cause_words(one.cause),
            differences(one.kind, one.before, one.after, names),
        )
        for one in restatements
    ]  # fmt: skip


def _ids(restatements, model):
    return {one.record_id for one in restatements if one.record_type.model == model}
