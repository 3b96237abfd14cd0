"""What may stand in the way of a change at the time it is to be done: named, worded, and keyed so that it can be overridden.

Found by `changes.services.meeting`.
"""

import dataclasses
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from changes.models import Change, Override, Status
from itsm.core.wording import clock_time

ITEMS, SERVICE, IMPLEMENTER = "items", "service", "implementer"
SHOWN = 3
"""How many items or services a sentence names."""


@dataclasses.dataclass(frozen=True)
class Slot:
    """All that a conflict depends on: what is to be touched, by whom, and when. Ids; no change for one not written down yet."""

    starts_at: datetime
    ends_at: datetime
    items: tuple = ()
    services: tuple = ()
    implementer: int | None = None
    interrupts: bool = False
    change: int | None = None

    @classmethod
    def of(cls, change):
        """The slot of a change that has a window; two queries."""
        items = tuple(change.items.order_by("pk").values_list("pk", flat=True))
        services = tuple(change.services.order_by("pk").values_list("pk", flat=True))
        return cls(change.starts_at, change.ends_at, items, services, change.implementer_id, change.interrupts, change.pk)


@dataclasses.dataclass(frozen=True)
class Conflict:
    """One thing in the way. `key` is the same as long as it is the same conflict; `ask`: the people to talk to.

    A hint (not `is_hard`) is a change that wants the same time and has not booked it; nothing waits for it. `override` is who let this
    change pass in spite of it (or the other one, where the other came later), with the reason.
    """

    kind: str
    key: str
    words: str
    ask: tuple = ()
    is_hard: bool = True
    change: Change | None = None
    override: Override | None = None

    @property
    def is_open(self):
        """Whether it still keeps the change from being scheduled or started."""
        return self.is_hard and self.override is None

    @property
    def is_freeze(self):
        return self.kind == "freeze"

    @property
    def can_be_overridden(self):
        return self.is_open and self.kind != "past"


def key_of(change_id, reasons):
    """The key of a conflict with another change for these reasons."""
    return f"change:{change_id}:{'+'.join(sorted(reasons))}"


def covers(given, key):
    """Whether an override given for one key covers another: the same thing in the way, for no more reasons than were known."""
    about, reasons = _parted(given)
    other, needed = _parted(key)
    return about == other and needed <= reasons


def _parted(key):
    kind, which, *reasons = key.split(":")
    return (kind, which), set(reasons[0].split("+")) if reasons else set()


def period(starts_at, ends_at, at):
    """Word a period: "today 22:00 – 23:30", "4 Mar 22:00 – 5 Mar 02:00"."""
    first, last = timezone.localtime(starts_at), timezone.localtime(ends_at)
    until = f"{last:%H:%M}" if first.date() == last.date() else clock_time(ends_at, at)
    return f"{clock_time(starts_at, at)} – {until}"


def listed(names):
    """A few names, and how many more."""
    names = [str(name) for name in names]
    more = len(names) - SHOWN
    said = ", ".join(names[:SHOWN])
    return _("%(names)s and %(n)s more") % {"names": said, "n": more} if more > 0 else said


def with_change(other, *, items, services, same_implementer, at):
    """A Conflict with another change that wants the same time; items, services: what both touch."""
    reasons = {ITEMS: items, SERVICE: services, IMPLEMENTER: same_implementer}
    why = []
    if items:
        why.append(_("the same items or what hangs on them (%(names)s)") % {"names": listed(items)})
    if services:
        why.append(_("the same service (%(names)s)") % {"names": listed(services)})
    if same_implementer:
        why.append(_("carried out by %(person)s too") % {"person": other.implementer.name})
    words = {"change": other, "title": other.title, "when": _when(other, at), "why": "; ".join(why)}
    booked = other.status in (Status.SCHEDULED, Status.IMPLEMENTING)
    if other.status == Status.IMPLEMENTING:
        sentence = _("%(change)s “%(title)s” is under way (%(when)s): %(why)s.")
    elif booked:
        sentence = _("%(change)s “%(title)s” is booked for %(when)s: %(why)s.")
    else:
        sentence = _("%(change)s “%(title)s” wants %(when)s but has not booked it: %(why)s.")
    ask = {person.pk: person for person in (other.implementer, other.requester) if person is not None}
    key = key_of(other.pk, [name for name, held in reasons.items() if held])
    return Conflict("change", key, sentence % words, tuple(ask.values()), is_hard=booked, change=other)


def _when(other, at):
    if other.starts_at is None:
        return clock_time(other.started_at, at)
    return period(other.starts_at, other.ends_at, at)


def with_freeze(freeze, at):
    """A Conflict with a freeze."""
    words = {"name": freeze.label(), "when": period(freeze.starts_at, freeze.ends_at, at), "reason": freeze.reason}
    sentence = _("It lies in the freeze “%(name)s” (%(when)s): %(reason)s") % words
    return Conflict("freeze", f"freeze:{freeze.pk}", sentence, (freeze.set_by,) if freeze.set_by else ())


def outside_maintenance(agreement, services, opens_at, ask, at):
    """A Conflict with the maintenance windows agreed with a customer; opens_at: when the next one begins, or None."""
    words = {"services": listed(services), "customer": agreement.customer}
    sentence = _("%(services)s would be interrupted outside of the maintenance windows agreed with %(customer)s.") % words
    if opens_at is not None:
        sentence += " " + _("The next one begins %(when)s.") % {"when": clock_time(opens_at, at)}
    return Conflict("maintenance", f"maintenance:{agreement.pk}", sentence, tuple(ask))


def is_past():
    """The Conflict of a window that is over."""
    return Conflict("past", "past:0", _("The window is over. Choose another one."))
