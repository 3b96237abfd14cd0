"""To others and back: another team, a supplier. Our clocks run on; what the others promised us runs beside (8.3.4)."""

from django.utils.translation import gettext_lazy as _

from incidents.models import Incident, Message
from incidents.models.conversation import Visibility
from incidents.services import dispatching, promises
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.people.models import Organisation


@verb
def transfer(incident, *, by, team, reason, at=None):
    """Hand an incident to another team, which dispatches it anew; whoever had it becomes free."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if team.pk == incident.team_id:
        raise Refused(_("%(team)s has it already. Choose another team.") % {"team": team}, code="same_team")
    if team.is_retired:
        raise Refused(_("%(team)s takes no work any more. Choose another team.") % {"team": team}, code="retired_team")
    before = incident.assignee
    incident.transfer(by=by, at=at, reason=reason, team=team)
    incident.save()
    dispatching.dispatch(incident, at=at)
    promises.handed(incident, by=by, at=at)
    incident.save()
    if before:
        dispatching.serve_person(before, by=None, at=at)
    return incident


@verb
def ask_supplier(incident, *, by, supplier, words, at=None):
    """Note that a supplier was asked, and what; our clocks run on, theirs begins if their contract promises anything."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if supplier.kind != Organisation.Kind.SUPPLIER or supplier.is_retired:
        raise Refused(_("%(name)s is no supplier of ours. Choose one.") % {"name": supplier}, code="no_supplier")
    incident.ask_supplier(by=by, at=at, supplier=supplier)
    _note(incident, by, words, at)
    promises.supplier_asked(incident, by=by, at=at)
    incident.save()
    return incident


@verb
def supplier_answered(incident, *, by, words="", at=None):
    """The supplier answered; their clock stops."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    supplier = incident.supplier
    incident.supplier_answered(by=by, at=at)
    if words.strip():
        _note(incident, by, words, at)
    promises.supplier_answered(incident, supplier, by=by, at=at)
    incident.save()
    return incident


def _note(incident, by, words, at):
    Message.objects.create(incident=incident, author=by, body=words, visibility=Visibility.INTERNAL, sent_at=at)
