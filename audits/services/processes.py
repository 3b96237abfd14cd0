"""Who owns a process: named from a day on, ended by naming another or by leaving, never overwritten."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from audits import access
from audits.models import Process, ProcessOwner
from audits.services.teaming import recheck_all
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day

A_DAY = timedelta(days=1)


@verb
def name_owner(process, *, by, owner, deputy=None, first_on=None, at=None):
    """Somebody owns a process from a day on (default today), with a deputy; whoever owned it until then ends the day before.

    Raises NotAllowed, and Refused where the people or the days do not fit.
    """
    must_name(by)
    at = at or clock.now()
    process = Process.objects.select_for_update().get(pk=process.pk)
    first_on = first_on or company_day(at)
    _check(owner, deputy)
    for former in ProcessOwner.objects.standing().select_for_update().filter(process=process, valid__endswith=None):
        if former.first_on == first_on and (former.owner_id, former.deputy_id) == (owner.pk, deputy and deputy.pk):
            return former
        if former.first_on > first_on or (former.first_on == first_on and first_on < company_day(at)):
            raise Refused(_("Somebody is named from a later day, or from the same one already. Choose a later first day."), code="days")
        _end(former, first_on - A_DAY, at)
    if ProcessOwner.objects.standing().filter(process=process, valid__endswith__gt=first_on).exists():
        raise Refused(_("Somebody owned it on that day. Choose a later first day."), code="days")
    named = ProcessOwner.objects.create(process=process, owner=owner, deputy=deputy, valid=DateRange(first_on, None), named_by=by)
    recheck_all(at, [person.pk for person in (owner, deputy) if person])
    return named


def must_name(by):
    """Raise NotAllowed for somebody who may not say who owns a process; None is the system."""
    if by is not None and not access.may_name_owners(by):
        raise NotAllowed(access.may_name_owners.sentence)


def _check(owner, deputy):
    for person in filter(None, (owner, deputy)):
        if not (person.is_internal and person.is_active):
            raise Refused(_("%(name)s does not work for us.") % {"name": person}, code="outsider")
    if deputy is not None and deputy.pk == owner.pk:
        raise Refused(_("The deputy is somebody else than the owner."), code="deputy")


def _end(ownership, last_on, at):
    """Shorten a locked ownership to its new last day, or withdraw it where that lies before its first."""
    if last_on < ownership.first_on:
        ownership.withdrawn_at = at
    else:
        ownership.valid = DateRange(ownership.first_on, last_on + A_DAY)
    ownership.save(update_fields=["valid", "withdrawn_at"])


@verb
def step_down(person, *, by, at=None):
    """What somebody owns ends today: they have left. Where they were deputy, the owner stays without one until another is named."""
    at = at or clock.now()
    today = company_day(at)
    owned = ProcessOwner.objects.standing().select_for_update().filter(owner=person)
    for ownership in owned:
        if ownership.last_on is None or ownership.last_on > today:
            _end(ownership, today, at)
