"""Organisations and teams: add, change, retire."""

from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.people.models import Organisation, Team
from itsm.people.services.people import complete, must_manage


@verb
def add_organisation(*, by, **details):
    """Add a customer or supplier; return the Organisation. Raises NotAllowed, Refused."""
    must_manage(by)
    return _saved(Organisation(**details))


@verb
def edit_organisation(organisation, *, by, **changes):
    """Change an organisation's entry. Raises NotAllowed, Refused."""
    must_manage(by)
    return _changed(Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk), changes)


@verb
def add_team(*, by, **details):
    """Add a team; return it. Raises NotAllowed, Refused."""
    must_manage(by)
    return _saved(Team(**details))


@verb
def edit_team(team, *, by, **changes):
    """Change a team's names or lead. Raises NotAllowed, Refused."""
    must_manage(by)
    return _changed(Team.objects.locked(team.pk), changes)


@verb
def retire(record, *, by, reason="", at=None):
    """Take an organisation or a team out of use; its history stays. Raises NotAllowed, Refused."""
    must_manage(by)
    record = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.is_retired:
        raise Refused(_("This is retired already."))
    if getattr(record, "kind", "") == Organisation.Kind.OWN:
        raise Refused(_("Our own company can't be retired."))
    record.retired_at = at or clock.now()
    record.save(update_fields=["retired_at"])
    return record


@verb
def restore(record, *, by, reason=""):
    """Take a retired organisation or team back into use."""
    must_manage(by)
    record = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    record.retired_at = None
    record.save(update_fields=["retired_at"])
    return record


def _saved(record):
    complete(record)
    record.save()
    return record


def _changed(record, changes):
    for field, value in changes.items():
        setattr(record, field, value)
    complete(record)
    record.save(update_fields=sorted(changes))
    return record
