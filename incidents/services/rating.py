"""How urgent it is and what it is about: another priority, another service (D6)."""

from django.utils.translation import gettext_lazy as _

from catalog.models import Entitlement
from incidents import rules
from incidents.models import Incident, Status, matrix_priority
from incidents.services import dispatching, promises
from incidents.services.logging import final_priority
from incidents.services.working import leave_window
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day
from sla import services as sla
from sla.services.promises import STARTED
from sla.services.retargeting import BETTER, MISCLASSIFIED, WORSE


@verb
def reprioritise(incident, *, by, impact, urgency, reason, priority=None, why="", breach_accepted=False, at=None):
    """Another impact or urgency. Time used stays used; `why` chooses how the new target counts, and what breaks at once wants a nod (D6).

    Raises Refused, NotAllowed.
    """
    incident = Incident.objects.locked(incident.pk)
    at, why = at or clock.now(), why or MISCLASSIFIED
    leave_window(incident, at=at)
    chosen, before = final_priority(impact, urgency, priority, reason), incident.priority
    incident.reprioritise(
        by=by, at=at, reason=reason, impact=impact, urgency=urgency, priority=chosen, why=why,
        priority_reason="" if chosen == matrix_priority(impact, urgency) else reason,
    )  # fmt: skip
    if chosen != before:
        _check(incident, before, why, by, at)
        _check_breaches(sla.forecast_priority(incident, chosen, reason=why, at=at), by, breach_accepted)
        promises.retargeted(incident, reason=why, by=by, at=at)
    if chosen != before and incident.status == Status.NEW:
        dispatching.dispatch(incident, at=at)
    incident.save()
    return incident


@verb
def reclassify(incident, *, by, service, reason, breach_accepted=False, at=None):
    """It is about another service: its agreement of the contact time counts from the same start. The team stays. Raises Refused."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if service.pk == incident.service_id:
        raise Refused(_("It is about this service already. Choose another one."), code="same_service")
    if service.retired_at:
        raise Refused(_("This service is retired. Choose another one."), code="retired_service")
    leave_window(incident, at=at)
    bought = Entitlement.objects.held(incident.customer, service, company_day(at)).exists()
    incident.reclassify(by=by, at=at, reason=reason, service=service, entitled=bought)
    _check_breaches(sla.forecast_service(incident, service, at=at), by, breach_accepted)
    promises.reclassified(incident, by=by, at=at)
    incident.save()
    return incident


def _check(incident, before, why, by, at):
    """The reason fits the direction; what is nearly late is eased by the lead alone."""
    if why not in dict(sla.WHYS):
        raise Refused(_("Choose one of the reasons for another priority."), code="unknown_why")
    if why == WORSE and incident.priority > before:
        raise Refused(_("It got worse, but the priority would fall. Choose another reason or another cell."), code="not_worse")
    if why != BETTER:
        return
    if incident.priority < before:
        raise Refused(_("It got better, but the priority would rise. Choose another reason or another cell."), code="not_better")
    if by is not None and not rules.may_ease(by, incident) and _is_tight(incident, at):
        raise NotAllowed(rules.may_ease.sentence)


def _is_tight(incident, at):
    """Whether response or resolution has less than a quarter left, or is broken."""
    found = sla.forecast_priority(incident, incident.priority, reason=BETTER, at=at)
    return any(one.is_tight for one in found if one.clock.metric in STARTED)


def _check_breaches(forecasts, by, accepted):
    """What would break a promise at once is done only by somebody who says so."""
    broken = [str(one.label) for one in forecasts if one.breaks]
    if broken and by is not None and not accepted:
        sentence = _("This breaks a promise at once (%(metrics)s). Confirm that you know, or choose otherwise.")
        raise Refused(sentence % {"metrics": ", ".join(broken)}, code="breaks_at_once")
