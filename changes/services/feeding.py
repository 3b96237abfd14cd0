"""The private address of the schedule for somebody's own calendar program."""

import hashlib
import secrets

from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models import CalendarFeed
from itsm.core import clock
from itsm.core.errors import NotAllowed
from itsm.core.verbs import verb
from itsm.people.models import Person


def hash_of(token):
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@verb
def make_feed(*, by, at=None):
    """Give somebody a new token, shown this once; the former one stops opening anything. Raises NotAllowed."""
    if not rules.may_read(by):
        raise NotAllowed(_("You may not do this."))
    at = at or clock.now()
    _revoke(by, at)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(person=by, token_hash=hash_of(token), made_at=at)
    return token


@verb
def revoke_feed(*, by, at=None):
    """Let the address of somebody's feed open nothing any more."""
    _revoke(by, at or clock.now())


def reader(token):
    """The person whose feed a token opens, or None: unknown, revoked, or of somebody who left."""
    found = CalendarFeed.objects.standing().filter(token_hash=hash_of(token)).select_related("person__organisation").first()
    return found.person if found is not None and rules.may_read(found.person) else None


def _revoke(person, at):
    Person.objects.select_for_update().get(pk=person.pk)
    CalendarFeed.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
