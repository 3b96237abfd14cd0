"""When a change is done: a booking of each item and everything beneath it, under one lock (requirement 67)."""

import dataclasses

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import DateTimeField, Func, Value
from django.utils.translation import gettext_lazy as _

from catalog import structure
from changes import kinds, rules
from changes.conflicts import Slot
from changes.models import Booking, Change, Override, Status
from changes.models.change import BOOKED, DECIDED_ON, PREPARED, Window
from changes.services.meeting import Meeting, conflicts_of
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices

LOCK = 2_026_110_467
"""Number of the advisory lock under which times are given away."""
OVERRIDABLE = (*PREPARED, *DECIDED_ON, *BOOKED)


def alone():
    """Wait until nobody else gives times away, and keep it so until the transaction ends. Lock the change itself before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def schedule_if_free(change, *, by, at):
    """Book the window of an approved change where nothing is in the way; otherwise it stays approved, and who waits for it is told.

    Called in the transaction that approved it, the change locked. Returns the conflicts that are in the way.
    """
    in_the_way = _book_if_free(change, at)
    if in_the_way:
        waiting = {person.pk: person for person in (change.requester, change.implementer) if person is not None and person != by}
        told = [notices.Told(person, kinds.CONFLICT, change, f"conflict-{change.steps_taken}") for person in waiting.values()]
        notices.tell_many(told, at=at)
    return in_the_way


def _book_if_free(change, at):
    alone()
    meeting = Meeting(Slot.of(change), at)
    in_the_way = [conflict for conflict in meeting.found() if conflict.is_open]
    if not in_the_way:
        _book(change, meeting)
        change.schedule(by=None, at=at)
        change.save()
    return in_the_way


@verb
def schedule(change, *, by, at=None):
    """Book the window of an approved change by hand, once what was in the way is gone or overridden. Raises Refused with what is left."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    alone()
    change.schedule(by=by, at=at)
    _book(change, _must_be_free(change, at))
    change.save()
    return change


def no_new_conflict(change, at):
    """Refuse to start what something new stands in the way of: asked again at the start, the change locked. Raises Refused."""
    _must_be_free(change, at)


def _must_be_free(change, at):
    """The Meeting of a change with a window, when nothing in it is in the way. Raises Refused."""
    meeting = Meeting(Slot.of(change), at)
    in_the_way = [conflict.words for conflict in meeting.found() if conflict.is_open]
    if in_the_way:
        raise Refused(_("This is in the way: %(what)s") % {"what": " ".join(in_the_way)}, code="conflict")
    return meeting


def occupy(change, at):
    """Book what an emergency touches that begins without a decision: it goes ahead of everybody, so that others see it is there."""
    if change.starts_at and change.ends_at and change.ends_at > at:
        alone()
        slot = Slot.of(change)
        _book(change, Meeting(dataclasses.replace(slot, starts_at=min(slot.starts_at, at)), at))


def _book(change, meeting):
    """The bookings of a change for its slot; on an item that somebody let it share, and above that, one that nothing is measured by."""
    taken = set().union(*meeting.clashing.values())
    shared = structure.above(taken) if taken else ()
    period = DateTimeTZRange(meeting.slot.starts_at, meeting.slot.ends_at)
    Booking.objects.bulk_create(
        [Booking(change=change, item_id=item, period=period, overridden=item in shared) for item in sorted(meeting.reach)]
    )


def release(change):
    """Give back what a change had booked."""
    Booking.objects.filter(change=change, active=True).update(active=False)


def finish(change, at):
    """Give back the rest of what a change had booked: it was done, or backed out, earlier or later than planned."""
    held = Booking.objects.filter(change=change, active=True)
    until_now = Window(Func("period", function="lower"), Value(at, DateTimeField()))
    held.filter(period__startswith__lt=at, period__endswith__gt=at).update(period=until_now)
    held.update(active=False)


@verb
def override(change, *, by, key, reason, at=None):
    """Let a change pass in spite of one conflict, with a reason; with the last one it is scheduled. Raises Refused, NotAllowed.

    The change manager may, nobody for their own change; into a freeze only top management lets anybody.
    """
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    alone()
    conflict = _conflict(change, key, at)
    _must_override(change, conflict, by)
    if not reason.strip():
        raise Refused(_("Say why it may pass nevertheless."), code="no_reason")
    Override.objects.create(change=change, key=conflict.key, fingerprint=change.fingerprint(), reason=reason.strip(), by=by, at=at)
    if change.status == Status.APPROVED:
        _book_if_free(change, at)
    return change


def _conflict(change, key, at):
    if change.status not in OVERRIDABLE or change.status == Status.REJECTED:
        raise Refused(_("Nothing is to be overridden there any more."), code="over")
    found = next((conflict for conflict in conflicts_of(change, at) if conflict.key == key), None)
    if found is None:
        raise Refused(_("This conflict is not there any more. Look again."), code="gone")
    if not found.can_be_overridden:
        raise Refused(_("This needs no override, or none can help."), code="not_overridable")
    return found


def _must_override(change, conflict, by):
    if conflict.is_freeze and not rules.may_break_freeze(by):
        raise NotAllowed(_("Only top management lets a change into a freeze."), code="freeze")
    if not rules.may_override(by):
        raise NotAllowed(_("Only the change manager lets a change pass in spite of a conflict."))
    if by.pk in (change.requester_id, change.implementer_id):
        raise NotAllowed(_("You asked for this change or carry it out. Somebody else has to let it pass."), code="own_work")
