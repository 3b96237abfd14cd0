"""The schedule of a stretch of days: changes, freezes and agreed maintenance windows, in the reader's time zone. Reads only."""

import dataclasses
import itertools
from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from catalog import structure
from catalog.models import Service
from changes.models import Booking, Change, FreezeWindow, Kind, Status
from changes.models.change import BOOKED, DONE
from sla import services as sla

NAMED = ("code", "name", "name_en", "criticality")
SHOWN = (Status.AWAITING, Status.APPROVED, *BOOKED, *DONE, Status.REVIEW, Status.CLOSED)
"""Drafts want no time yet, what was rejected or cancelled wants none any more."""
STANDING = (Status.AWAITING, Status.APPROVED, *BOOKED)
COLUMNS = (
    "number", "title", "status", "kind", "risk", "starts_at", "ends_at", "implementer_id", "implementer__name", "requester_id",
    "items_named", "services_named", "is_overridden",
)  # fmt: skip


@dataclasses.dataclass(slots=True)
class Entry:
    """One change on the calendar. `mark`: "conflict", "overridden" or nothing; services: ids of those concerned."""

    number: int
    title: str
    status: str
    kind: str
    risk: str
    starts_at: datetime
    ends_at: datetime
    implementer_id: int | None
    implementer: str | None
    requester_id: int
    items: list
    named: list
    is_overridden: bool
    services: set = dataclasses.field(default_factory=set)
    mark: str = ""

    @property
    def look(self):
        """How it is drawn: what is booked, what only wants the time, what is done."""
        if self.status in BOOKED:
            return "booked"
        return "wanted" if self.status in STANDING else "done"

    @property
    def words(self):
        """Its state in the reader's language."""
        return Status(self.status).label

    @property
    def is_emergency(self):
        return self.kind == Kind.EMERGENCY


@dataclasses.dataclass(frozen=True)
class Filter:
    """What is left out of a calendar: everything but one service, one kind, one's own."""

    service: Service | None = None
    kind: str = ""
    mine: bool = False

    def of(self, rows, person):
        """The rows that pass."""
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.mine:
            rows = rows.filter(Q(requester=person) | Q(implementer=person))
        if self.service is not None:
            items = list(structure.touching([self.service.pk]))
            by_item = Change.items.through.objects.filter(change=OuterRef("pk"), configurationitem__in=items)
            by_name = Change.services.through.objects.filter(change=OuterRef("pk"), service=self.service)
            rows = rows.filter(Exists(by_name) | Exists(by_item))
        return rows


@dataclasses.dataclass
class Day:
    """One day: what is done in it, what is frozen, and when services may be interrupted."""

    on: date
    starts_at: datetime
    ends_at: datetime
    entries: list = dataclasses.field(default_factory=list)
    freezes: list = dataclasses.field(default_factory=list)
    windows: list = dataclasses.field(default_factory=list)

    def begins(self, instant):
        """Whether an instant lies in this day: an entry says its time, or goes on from the day before."""
        return self.starts_at <= instant < self.ends_at


class Agenda:
    """The days from `first` to `last` (dates, both included) as somebody sees them."""

    def __init__(self, person, first, last, chosen=None):
        self.person, self.chosen = person, chosen or Filter()
        self.days = [Day(day, midnight(day), midnight(day + timedelta(days=1))) for day in _days(first, last)]
        self.starts_at, self.ends_at = self.days[0].starts_at, self.days[-1].ends_at
        self._begins = [day.starts_at for day in self.days]
        self.services = {service.pk: service for service in Service.objects.live().only(*NAMED)}
        self.freezes = self._freezes()
        self.entries = self._entries()
        self.windows = self._windows()
        for entry in self.entries:
            for day in self._days_of(entry):
                day.entries.append(entry)
        for day in self.days:
            day.freezes = [freeze for freeze in self.freezes if freeze.starts_at < day.ends_at and freeze.ends_at > day.starts_at]
            day.windows = _within(self.windows, day)

    def by_service(self):
        """`[(service or None, [(day, its entries)])]` of the services that are touched; last what concerns none."""
        found = defaultdict(lambda: [(day, []) for day in self.days])
        for no, day in enumerate(self.days):
            for entry in day.entries:
                for pk in entry.services or [None]:
                    found[pk][no][1].append(entry)
        return [(self.services.get(pk), found[pk]) for pk in (*self.services, None) if pk in found]

    def _days_of(self, entry):
        """The days that an entry touches."""
        first = max(0, bisect_right(self._begins, entry.starts_at) - 1)
        return itertools.takewhile(lambda day: day.starts_at < entry.ends_at, self.days[first:])

    def _freezes(self):
        found = FreezeWindow.objects.meeting(self.starts_at, self.ends_at).prefetch_related("services")
        service = self.chosen.service
        return [freeze for freeze in found if service is None or freeze.holds_for([service.pk])]

    def _entries(self):
        named = {
            f"{name}_named": ArraySubquery(getattr(Change, name).through.objects.filter(change=OuterRef("pk")).values(column))
            for name, column in (("items", "configurationitem_id"), ("services", "service_id"))
        }
        overridden = Exists(Booking.objects.filter(change=OuterRef("pk"), active=True, overridden=True))
        rows = Change.objects.visible_to(self.person).meeting(self.starts_at, self.ends_at).filter(status__in=SHOWN)
        rows = self.chosen.of(rows, self.person).annotate(**named, is_overridden=overridden).order_by("starts_at", "number")
        entries = [Entry(*row) for row in rows.values_list(*COLUMNS)]
        items = {item for entry in entries for item in entry.items}
        touching = structure.touching(self.services, items) if items else {}
        for entry in entries:
            entry.services = set(entry.named).union(*(touching.get(item, ()) for item in entry.items))
        _mark(entries, [(f.starts_at, f.ends_at, {service.pk for service in f.services.all()}) for f in self.freezes])
        return entries

    def _windows(self):
        """`[(starts_at, ends_at, [customer])]` in which the chosen service, or any in use, may be interrupted."""
        service, customers = self.chosen.service, defaultdict(set)
        for agreed in sla.maintenance_of([service.pk] if service else self.services, self.starts_at):
            customers[agreed.hours].add(str(agreed.agreement.customer))
        windows = defaultdict(set)
        for hours, served in customers.items():
            for stretch in hours.stretches(self.starts_at, self.ends_at):
                if stretch.counted:
                    windows[stretch.starts_at, stretch.ends_at] |= served
        return [(*when, sorted(windows[when])) for when in sorted(windows)]


def chosen_of(entries, most):
    """At most so many entries, by time; what is marked is not left out before what is not."""
    if len(entries) <= most:
        return entries
    chosen = sorted(entries, key=lambda entry: (not entry.mark, entry.starts_at))[:most]
    return sorted(chosen, key=lambda entry: (entry.starts_at, entry.number))


def _mark(entries, freezes):
    """Say which of those that are still to be done stand in each other's or a freeze's way."""
    running = []
    for entry in entries:
        if entry.status not in STANDING:
            continue
        running = [other for other in running if other.ends_at > entry.starts_at]
        if entry.is_overridden:
            entry.mark = "overridden"
        for other in running:
            if _meet(entry, other):
                entry.mark, other.mark = entry.mark or "conflict", other.mark or "conflict"
        if entry.status == Status.APPROVED or any(_frozen(entry, freeze) for freeze in freezes):
            entry.mark = entry.mark or "conflict"
        running.append(entry)


def _meet(one, other):
    same_person = one.implementer_id is not None and one.implementer_id == other.implementer_id
    return same_person or not one.services.isdisjoint(other.services) or not set(one.items).isdisjoint(other.items)


def _frozen(entry, freeze):
    starts_at, ends_at, services = freeze
    return starts_at < entry.ends_at and ends_at > entry.starts_at and (not services or not services.isdisjoint(entry.services))


def _within(windows, day):
    """`[(starts_at, ends_at, "customers")]` of the windows that touch a day, the same hours together."""
    found = defaultdict(list)
    for starts_at, ends_at, customers in windows:
        if starts_at < day.ends_at and ends_at > day.starts_at:
            found[max(starts_at, day.starts_at), min(ends_at, day.ends_at)] += customers
    return [(starts_at, ends_at, ", ".join(customers)) for (starts_at, ends_at), customers in sorted(found.items())]


def midnight(day):
    """When a day begins for the reader."""
    return timezone.make_aware(datetime.combine(day, time()))


def _days(first, last):
    return [first + timedelta(days=no) for no in range((last - first).days + 1)]
