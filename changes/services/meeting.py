"""What a change meets in its window: other changes, freezes, agreed hours. Reads only, in a fixed number of queries."""

import dataclasses
import functools
from collections import defaultdict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import OuterRef, Q
from django.db.models.expressions import RawSQL

from catalog import structure
from catalog.models import ConfigurationItem, Service
from changes import conflicts
from changes.conflicts import Slot
from changes.models import Booking, Change, FreezeWindow, Override, Status
from changes.models.change import BOOKED, WINDOW, in_window
from itsm.people.models import Appointment, Role
from sla import services as sla

NAMED = ("code", "name", "name_en", "criticality")
WANTING = (Status.AWAITING, Status.APPROVED)
FINGERPRINT = RawSQL("(SELECT changes_fingerprint(c) FROM changes_change c WHERE c.id = changes_override.change_id)", [])


def conflicts_of(change, at):
    """Everything in the way of a change now, the worst first; nothing without a window."""
    return find(Slot.of(change), at) if change.starts_at and change.ends_at else []


def find(slot, at):
    """Everything in the way of a slot, the worst first."""
    return Meeting(slot, at).found()


class Meeting:
    """A slot with all that it reaches."""

    def __init__(self, slot, at):
        self.slot, self.at = slot, at
        self.reach = structure.beneath(slot.items) if slot.items else {}
        concerned = set(slot.services) | (structure.services_reached(slot.items, self.reach) if slot.items else set())
        self.services = {service.pk: service for service in Service.objects.filter(pk__in=concerned).only(*NAMED)} if concerned else {}

    def found(self):
        """The Conflicts."""
        found = [conflicts.is_past()] if self.slot.ends_at <= self.at else []
        found += self._freezes() + self._outside_maintenance() + self._others()
        found = self._with_overrides(found)
        return sorted(found, key=lambda conflict: (not conflict.is_open, not conflict.is_hard))

    @functools.cached_property
    def clashing(self):
        """`{change id: {item id}}` of what others have booked in the slot and was not given back; asked once, under the lock of times."""
        period = DateTimeTZRange(self.slot.starts_at, self.slot.ends_at)
        held = Booking.objects.filter(active=True, item__in=list(self.reach), period__overlap=period).exclude(change=self.slot.change)
        found = defaultdict(set)
        for change, item in held.values_list("change_id", "item_id"):
            found[change].add(item)
        return found

    def _others(self):
        clashing = self.clashing if self.reach else {}
        hanging = structure.above(self.reach) if self.reach else {}
        touching = structure.touching(self.services) if self.services else {}
        meeting = [met for other in self._candidates(clashing) if (met := self._met(other, clashing, hanging, touching))]
        names = ConfigurationItem.objects.select_related("service").in_bulk({item for _o, items, _s, _p in meeting for item in items})
        return [
            conflicts.with_change(
                other, items=[names[item].label() for item in sorted(items)], services=[self.services[s].label() for s in sorted(services)],
                same_implementer=person, at=self.at,
            )
            for other, items, services, person in meeting
        ]  # fmt: skip

    def _candidates(self, clashing):
        """Other changes that stand or wait in the window, with what they name."""
        slot = self.slot
        here = in_window(slot.starts_at, slot.ends_at) | Q(pk__in=list(clashing))
        if slot.starts_at <= self.at:  # what should be over and is still being done
            here |= Q(status=Status.IMPLEMENTING) & (Q(ends_at=None) | Q(ends_at__lte=self.at))
        named = {"items": "configurationitem_id", "services": "service_id"}
        arrays = {
            f"{name}_named": ArraySubquery(getattr(Change, name).through.objects.filter(change=OuterRef("pk")).values(column))
            for name, column in named.items()
        }
        rows = Change.objects.alias(window=WINDOW).filter(here, status__in=(*WANTING, *BOOKED)).exclude(pk=slot.change)
        rows = rows.select_related("implementer", "requester").annotate(**arrays).order_by("starts_at", "number")
        return rows.only("number", "status", "title", "starts_at", "ends_at", "started_at", "implementer__name", "requester__name")

    def _met(self, other, clashing, hanging, touching):
        """`(other, item ids, service ids, whether the same person)` of what both touch, or None."""
        items = {item for item in other.items_named if item in hanging} or clashing.get(other.pk, set())
        services = {service for service in other.services_named if service in self.services}
        services.update(*(touching.get(item, ()) for item in other.items_named))
        person = self.slot.implementer is not None and other.implementer_id == self.slot.implementer
        return (other, items, services, person) if items or services or person else None

    def _freezes(self):
        meeting = FreezeWindow.objects.meeting(self.slot.starts_at, self.slot.ends_at).select_related("set_by").prefetch_related("services")
        return [conflicts.with_freeze(freeze, self.at) for freeze in meeting if freeze.holds_for(self.services)]

    def _outside_maintenance(self):
        slot = self.slot
        if not slot.interrupts or not self.services:
            return []
        outside = [
            agreed for agreed in sla.maintenance_of(self.services, slot.starts_at)
            if agreed.hours.between(slot.starts_at, slot.ends_at) < slot.ends_at - slot.starts_at
        ]  # fmt: skip
        speakers = _speakers([agreed.agreement.customer_id for agreed in outside], self.at)
        return [
            conflicts.outside_maintenance(
                agreed.agreement, [self.services[s].label() for s in agreed.services], _next_opening(agreed.hours, slot.starts_at),
                speakers[agreed.agreement.customer_id], self.at,
            )
            for agreed in outside
        ]  # fmt: skip

    def _with_overrides(self, found):
        """The same, each with the override that covers it: this change's own, or one that another got because of this change."""
        own, theirs = self._overrides([c.change.pk for c in found if c.change is not None and c.is_hard])
        return [_overridden(conflict, own, theirs.get(conflict.change and conflict.change.pk, ()), self.slot.change) for conflict in found]

    def _overrides(self, others):
        me = self.slot.change
        if me is None:
            return [], {}
        given = Override.objects.filter(Q(change=me) | Q(change__in=others, key__startswith=f"change:{me}:"), fingerprint=FINGERPRINT)
        own, theirs = [], defaultdict(list)
        for override in given.select_related("by").order_by("pk"):
            (own if override.change_id == me else theirs[override.change_id]).append(override)
        return own, theirs


def _overridden(conflict, own, theirs, me):
    if not conflict.is_hard:
        return conflict
    covering = [given for given in own if conflicts.covers(given.key, conflict.key)]
    if not covering and conflict.change is not None:
        seen_from_there = conflict.key.replace(f"change:{conflict.change.pk}:", f"change:{me}:")
        covering = [given for given in theirs if conflicts.covers(given.key, seen_from_there)]
    return dataclasses.replace(conflict, override=covering[-1]) if covering else conflict


def _next_opening(hours, after):
    """When the next window begins, asked from an instant that may lie in one."""
    start = hours.next_change(after) if hours.is_open(after) else after
    return hours.next_change(start) if start is not None else None


def _speakers(customers, at):
    """`{customer id: [representatives]}`."""
    found = defaultdict(list)
    held = Appointment.objects.current(at).filter(role=Role.CUSTOMER_REPRESENTATIVE, organisation__in=customers).select_related("person")
    for appointment in held if customers else ():
        found[appointment.organisation_id].append(appointment.person)
    return found
