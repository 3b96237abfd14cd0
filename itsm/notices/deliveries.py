"""Hand owed mails to the mail server: claim, send, mark; try again later what did not go."""

import datetime

import structlog
from django.core import mail
from django.db import transaction

from itsm.core import clock
from itsm.core.sweep import alone
from itsm.notices import services, wording
from itsm.notices.models import Delivery

log = structlog.get_logger(__name__)
LEASE = datetime.timedelta(minutes=5)
LONGEST_WAIT = datetime.timedelta(hours=1)
ENOUGH_FOR_ONE = datetime.timedelta(seconds=60)
PATIENCE = datetime.timedelta(days=3)
BATCH = 50
POSTMAN = 4_904_277_002
"""Number of the lock that one sweep at a time holds: a mail server that does not answer must not keep every worker waiting."""


def deliver_due(*, at=None, batch=BATCH):
    """Try every mail that is due once; return how many were accepted. Safe to run twice, late, or side by side.

    A second sweep finds the first at work and leaves it to it. A mail server that does not answer ends the sweep.
    """
    if services.mail_goes() == "waits":
        return 0
    with alone(POSTMAN) as is_alone:
        return _deliver(at or clock.now(), batch) if is_alone else 0


def _deliver(at, batch):
    accepted, answers = 0, True
    while answers and _has_time(at) and (claimed := _claim(at, batch)):
        taken, answers = _send(claimed, at)
        accepted += taken
    return accepted


def _has_time(at):
    """Tell whether another mail can be sent before the lease of those claimed at that instant ends."""
    return clock.now() - at <= LEASE - ENOUGH_FOR_ONE


@transaction.atomic
def _claim(at, batch):
    """Return due deliveries, theirs for the length of the lease: a worker that dies gives them back."""
    due = services.owed().filter(next_try_at__lte=at).order_by("next_try_at", "id")
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("notice__person__organisation")[:batch])
    for delivery in rows:
        delivery.tries += 1
        delivery.next_try_at = at + max(LEASE, _wait(delivery.tries))
    Delivery.objects.bulk_update(rows, ["tries", "next_try_at"])
    return rows


def _send(deliveries, at):
    """Send each over one connection; return how many were accepted, and whether the server answers.

    A mail that fails stays owed and does not stop the others; a server that does not answer fails the rest at once,
    and what the lease leaves no time for is left to the next sweep.
    """
    accepted, answers = 0, True
    connection = None if services.mail_goes() == "outbox" else mail.get_connection()
    for number, delivery in enumerate(deliveries):
        if not _has_time(at):
            break
        try:
            _open(connection)
        except Exception as error:
            _fail_all(deliveries[number:], error, at)
            answers = False
            break
        accepted += _send_one(delivery, connection, at)
    _close(connection)
    return accepted, answers


def _send_one(delivery, connection, at):
    """Send one mail and mark it; return whether it was accepted."""
    try:
        _hand_over(delivery, connection)
    except Exception as error:
        _failed(delivery, error, at)
        _close(connection)
        return False
    Delivery.objects.filter(pk=delivery.pk).update(accepted_at=clock.now(), last_error="")
    return True


def _open(connection):
    """Make sure the connection is open; raise what the mail server's absence raises."""
    if connection is not None:
        connection.open()


def _close(connection):
    """End a connection for good or ill; the next mail opens its own."""
    try:
        if connection is not None:
            connection.close()
    except Exception:
        log.exception("mail connection did not close")


def _hand_over(delivery, connection):
    """Word a mail and give it to the server; on the outbox page it is worded again when somebody reads it."""
    person = delivery.notice.person
    if not person.email or not person.is_active:
        raise Unreachable(person.pk)
    message = wording.mail(delivery.notice)
    if connection is not None:
        connection.send_messages([message])


def _fail_all(deliveries, error, at):
    for delivery in deliveries:
        _failed(delivery, error, at)


class Unreachable(Exception):
    """There is no address to send to."""


def _failed(delivery, error, at):
    """Note what happened; after three days of trying, or when there is no address any more, give up."""
    given_up = at if at - delivery.owed_at >= PATIENCE or isinstance(error, Unreachable) else None
    log.warning("mail not accepted", delivery=delivery.pk, tries=delivery.tries, error=repr(error), given_up=bool(given_up))
    Delivery.objects.filter(pk=delivery.pk).update(
        next_try_at=at + _wait(delivery.tries), last_error=repr(error)[:2000], given_up_at=given_up
    )


def _wait(tries):
    """Return how long to wait before the next try: 15 s, 30 s, 1 min … at most an hour."""
    return min(LONGEST_WAIT, datetime.timedelta(seconds=15) * 2 ** min(tries - 1, 10))
