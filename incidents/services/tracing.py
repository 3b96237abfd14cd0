"""What an incident is about and what caused it: a person says so; a proposal by itself says nothing (8.5.1.3)."""

from django.utils.translation import gettext_lazy as _

from incidents import rules
from incidents.models import Incident, NotCaused
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb


@verb
def point_at(incident, *, by, item=None, at=None):
    """Name the configuration item that an incident is about, another one, or none. Raises Refused once it is closed, NotAllowed."""
    incident = Incident.objects.locked(incident.pk)
    if (item and item.pk) != incident.configuration_item_id:
        incident.point_at(by=by, at=at or clock.now(), item=item)
        incident.save()
    return incident


@verb
def confirm_cause(incident, *, by, change, reason="", at=None):
    """Say that a change caused an incident; from then on the change counts as not successful. Raises Refused, NotAllowed.

    Refused: another cause is named, or the change had not begun when the customer called.
    """
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if change.started_at is None or change.started_at > incident.contacted_at:
        raise Refused(_("%(change)s had not begun when this was reported.") % {"change": change}, code="not_begun")
    incident.confirm_cause(by=by, at=at, reason=reason.strip(), change=change)
    incident.save()
    return incident


@verb
def deny_cause(incident, *, by, change, reason, at=None):
    """Say that a change did not cause an incident; it is not proposed again. Raises Refused without a reason, NotAllowed."""
    incident = Incident.objects.locked(incident.pk)
    _must_be_independent(by, incident, change)
    if incident.caused_by_id == change.pk:
        raise Refused(_("%(change)s is named as its cause. Take that back instead.") % {"change": change}, code="is_cause")
    _remember(incident, change, by, reason, at or clock.now())
    return incident


@verb
def withdraw_cause(incident, *, by, reason, at=None):
    """Take back that a change caused an incident; it is not proposed again. Raises Refused without a reason, NotAllowed."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    change = incident.caused_by
    if change is not None:
        _must_be_independent(by, incident, change)
    incident.withdraw_cause(by=by, at=at, reason=reason.strip())
    _remember(incident, change, by, reason, at)
    incident.save()
    return incident


def _must_be_independent(by, incident, change):
    """Who asked for a change or carried it out does not clear it."""
    if by is None:
        return
    if not rules.may_trace(by, incident):
        raise NotAllowed(rules.may_trace.sentence)
    if by.pk in (change.requester_id, change.implementer_id):
        raise NotAllowed(_("You asked for this change or carried it out. Somebody else says that it caused nothing."), code="own_work")


def _remember(incident, change, by, reason, at):
    if not reason.strip():
        raise Refused(_("Say why, so that nobody has to look again."), code="no_reason")
    NotCaused.objects.get_or_create(incident=incident, change=change, defaults={"reason": reason.strip(), "by": by, "at": at})
