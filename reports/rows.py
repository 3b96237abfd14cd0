"""The rows behind a figure as they are shown: how things stood when the fact was decided, and what has changed since."""

import dataclasses

from django.db.models import Max

from changes.measures.scope import tier
from changes.models import Change
from incidents.measures import CLOSED, LOGGED, RESOLVED
from incidents.models import Incident
from reports.differences import LABELS, Difference, Names, differences, values_of
from reports.models import ClosedMonth, Restatement
from reports.wording import cause_words, length_words, lengths_of, outcome_words, stars
from sla.models import Clock, Metric

NOW = ("number", "title", "customer", "service", "team", "assignee", "resolved_by", "priority", "closing_kind")


@dataclasses.dataclass(frozen=True)
class Restated:
    """That a closed month would count a fact otherwise now, and why."""

    differences: list[Difference]
    cause: str
    words: str
    by: object
    at: object


@dataclasses.dataclass(frozen=True)
class Row:
    """A fact with its live record. lengths: in words; since: what the record says otherwise now, told of closed months."""

    fact: object
    record: object
    told: dict
    outcome: str
    lengths: list
    since: list
    restated: Restated | None

    @property
    def values(self):
        """Its lengths in seconds, by the place they have in the fact."""
        return self.fact.lengths


def shown(listing, facts):
    """`[Row]` of some facts of a listing: ten statements at most, however many they are."""
    lengths = lengths_of(listing.measure)
    if listing.is_of_records:
        return [_of_record(one, lengths) for one in facts]
    live = _live(listing, facts)
    closed = _closed(facts)
    told = {fact.pk: values_of(fact) for fact in facts}
    said = _restated(listing.measure.kind, facts, closed)
    names = Names([*told.values(), *live.values(), *(one.after for one in said.values())])
    return [
        Row(
            fact, live[fact.pk].record, _worded(told[fact.pk], names),
            outcome_words(fact.kind, fact.outcome, fact.marks, stars(fact.kind, fact.lengths)),
            [length_words(length.seconds(fact.lengths)) for length in lengths],
            differences(fact.kind, told[fact.pk], live[fact.pk], names) if fact.month in closed else [],
            _told_again(fact, told[fact.pk], said.get((fact.month, fact.source_id)), names),
        )
        for fact in facts
    ]  # fmt: skip


def _of_record(one, lengths):
    """The Row of what a record counts: it is asked whenever somebody looks, so nothing was said otherwise before."""
    return Row(one, one.record, {}, str(one.words), [length_words(length.seconds(one.lengths)) for length in lengths], [], None)


def _worded(told, names):
    return {field.removesuffix("_id"): names.said(field, value) for field, value in told.items() if field in LABELS and field != "day"}


def _closed(facts):
    months = {fact.month for fact in facts}
    return set(ClosedMonth.objects.filter(month__in=months).values_list("month", flat=True))


class Live(dict):
    """What is known of a record now, by the names of a fact; `record` is the record itself."""

    record = None


def _live(listing, facts):
    """`{fact id: Live}`."""
    return _live_changes(facts) if listing.is_of_changes else _live_tickets(listing.measure.kind, facts)


def _live_tickets(kind, facts):
    records = Incident.objects.only(*NOW).in_bulk({fact.record_id for fact in facts})
    clocks = _verdicts(facts) if kind in Metric.values else {}
    found = {}
    for fact in facts:
        record = records[fact.record_id]
        handler = record.resolved_by_id if kind == RESOLVED else record.assignee_id
        live = Live(
            customer_id=record.customer_id, service_id=record.service_id, team_id=record.team_id, handler_id=handler,
            priority=record.priority,
        )  # fmt: skip
        if kind == LOGGED:
            del live["handler_id"]  # at the contact mostly nobody had it yet
        if kind in Metric.values:
            live["outcome"] = clocks.get(fact.source_id, fact.outcome) or fact.outcome
        elif kind == CLOSED:
            live["outcome"] = record.closing_kind
        live.record = record
        found[fact.pk] = live
    return found


def _verdicts(facts):
    """`{clock id: its outcome now}`, "" of one that is not decided any more."""
    return dict(Clock.objects.filter(pk__in=[fact.source_id for fact in facts]).values_list("pk", "outcome"))


def _live_changes(facts):
    rows = Change.objects.annotate(tier=tier()).only("number", "title", "kind", "risk", "category")
    records = rows.in_bulk({fact.change_id for fact in facts})
    found = {}
    for fact in facts:
        record = records[fact.change_id]
        found[fact.pk] = Live(tier=record.tier or "", category=record.category)
        found[fact.pk].record = record
    return found


def _restated(kind, facts, closed):
    """`{(month, source id): the newest Restatement}` of facts of closed months."""
    if not closed:
        return {}
    asked = Restatement.objects.filter(kind=kind, source_id__in=[fact.source_id for fact in facts], month__in=closed)
    newest = asked.order_by().values("month", "source_id").annotate(newest=Max("id")).values("newest")
    return {(one.month, one.source_id): one for one in Restatement.objects.filter(pk__in=newest).select_related("by")}


def _told_again(fact, told, restatement, names):
    """None of a fact that is counted again as it was closed."""
    found = restatement and differences(fact.kind, told, restatement.after, names)
    if not found:
        return None
    return Restated(found, cause_words(restatement.cause), restatement.words, restatement.by, restatement.noted_at)
