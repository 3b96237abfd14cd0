"""Facts brought in step with what is derived: written in open months, noted beside closed ones."""

from collections import defaultdict, namedtuple
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType

from incidents.models import Incident
from itsm.core import rows
from itsm.people.zones import company_zone
from reports.models import ClosedMonth, Restatement
from reports.services.reasons import explained
from sla.measures import PROVISIONAL
from sla.models import Metric

FACT = {
    "kind": "text", "source_id": "bigint", "month": "date", "day": "date", "at": "timestamptz", "outcome": "text", "marks": "integer",
    "lengths": "bigint[]",
}  # fmt: skip
TICKET = FACT | {
    "record_type_id": "bigint", "record_id": "bigint", "customer_id": "bigint", "service_id": "bigint", "team_id": "bigint",
    "handler_id": "bigint", "tier": "text", "priority": "smallint",
}  # fmt: skip
CHANGE = FACT | {"change_id": "bigint", "tier": "text", "category": "text", "services": "bigint[]"}
TicketRow = namedtuple("TicketRow", TICKET)
ChangeRow = namedtuple("ChangeRow", CHANGE)
APART = ("kind", "source_id", "month", "record_type_id", "record_id", "change_id")
"""Columns that a restatement has apart, or that never differ."""


def ticket_rows(history, facts):
    """`[TicketRow]` of what was derived from an incident's history."""
    zone, kind = ZoneInfo(company_zone()), ContentType.objects.get_for_model(Incident).pk
    return [
        TicketRow(
            str(fact.kind), fact.source_id, day.replace(day=1), day, fact.at, str(fact.outcome), fact.marks, list(fact.lengths), kind,
            history.id, fact.customer, fact.service, fact.team, fact.handler, str(fact.tier), fact.priority,
        )
        for fact in facts
        for day in (fact.day(zone),)
    ]  # fmt: skip


class Keeper:
    """Writes the facts of one model; whoever uses it holds the lock of all facts. `sums`: told of every fact that comes or goes."""

    def __init__(self, model, row, columns, *, at, sums=None):
        self.model, self.row, self.columns, self.at, self.sums = model, row, columns, at, sums
        self.closed = dict(ClosedMonth.objects.values_list("month", "closed_at"))

    def keep(self, stored, derived):
        """Bring the stored facts of some records (a queryset) in step with the derived ones of the same records; return how many differ."""
        kept = defaultdict(dict)
        for pk, *values in stored.values_list("pk", *self.columns):
            old = self.row(*values)
            kept[old.kind, old.source_id][old.month] = (pk, old)
        asked = {(new.kind, new.source_id): new for new in derived}
        inserted, updated, removed, frozen = [], [], [], []
        for key in {**kept, **asked}:
            self._compare(kept.get(key, {}), asked.get(key), inserted, updated, removed, frozen)
        self._write(inserted, updated, removed)
        return len(inserted) + len(updated) + len(removed) + self._restate(frozen)

    def _compare(self, months, new, inserted, updated, removed, frozen):
        """Say what has to be done about one fact, given how it is kept in each month."""
        for month, (pk, old) in months.items():
            now = new if new is not None and new.month == month else None
            if month in self.closed:
                frozen.append((month, old, now))
            elif now is None:
                removed.append((pk, old))
            elif now != old:
                updated.append((pk, old, now))
        if new is not None and new.month not in months:
            if new.month in self.closed:
                frozen.append((new.month, None, new))
            else:
                inserted.append(new)

    def _write(self, inserted, updated, removed):
        if removed:
            self.model.objects.filter(pk__in=[pk for pk, _old in removed]).delete()
        rows.insert(self.model, inserted, self.columns)
        rows.update(self.model, [(pk, *now) for pk, _old, now in updated], {"id": "bigint", **self.columns})
        if self.sums is not None:
            for row in [*inserted, *(now for _pk, _old, now in updated)]:
                self.sums.add(row)
            for row in [*(old for _pk, old in removed), *(old for _pk, old, _now in updated)]:
                self.sums.add(row, -1)

    def _restate(self, frozen):
        """Note what differs from what was last said of closed months; return how many. One statement when nothing does."""
        if not frozen:
            return 0
        said = _last_said({(old or now).source_id for _month, old, now in frozen})
        found = []
        for month, old, now in frozen:
            row = old or now
            before = said.get((month, row.kind, row.source_id), told(old))
            if _final(row.kind, before) != _final(row.kind, told(now)):
                found.append((month, row, before, told(now)))
        Restatement.objects.bulk_create(explained(found, self.closed, self.at))
        return len(found)


def _last_said(sources):
    """`{(month, kind, source id): the fact as JSON or None}` as it was restated last."""
    rows_ = Restatement.objects.filter(source_id__in=sources).order_by("id")
    return {(month, kind, source): after for month, kind, source, after in rows_.values_list("month", "kind", "source_id", "after")}


def told(row):
    """A fact as JSON; None of none."""
    if row is None:
        return None
    said = {name: value for name, value in row._asdict().items() if name not in APART}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in said.items()}


def _final(kind, said):
    """The same without the mark of a verdict that was not confirmed yet: that it becomes final restates nothing."""
    if said is None or kind not in Metric.values:
        return said
    return said | {"marks": said["marks"] & ~PROVISIONAL}
