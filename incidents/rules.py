"""Guards and permissions of incidents: pure questions about one row and one person's roles."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

LEADERS = ("supervisor", "service_manager", "top_management")
DESK = ("service_desk", "engineer", "ops_lead", "tech_lead", *LEADERS)
TRACERS = (*DESK, "change_manager", "tester", "product_manager")


def has_owner(incident):
    return incident.assignee_id is not None


def has_no_pending_phone_call(incident):
    return not incident.phone_pending


def is_with_supplier(incident):
    return incident.supplier_id is not None


def is_with_no_supplier(incident):
    return incident.supplier_id is None


def has_cause(incident):
    return incident.caused_by_id is not None


def has_no_cause(incident):
    return incident.caused_by_id is None


NEEDS_CAUSE = (has_cause, _("No change is named as its cause."))
NEEDS_NO_CAUSE = (has_no_cause, _("Another change is named as its cause already. Take that back first."))
NEEDS_SUPPLIER = (is_with_supplier, _("No supplier was asked. Ask one first."))
NEEDS_NO_SUPPLIER = (is_with_no_supplier, _("A supplier was asked and has not answered yet. Note their answer before you ask another one."))
NEEDS_OWNER = (has_owner, _("Give the incident an owner first."))
NEEDS_NO_PENDING_CALL = (
    has_no_pending_phone_call,
    _("A confirmation by phone waits for its second person. Let them decide first."),
)


def leads(person, incident):
    """Leads this incident's team, or stands above all teams."""
    return person.is_internal and (person.is_superuser or person.leads(incident.team_id) or person.has_role(*LEADERS))


@says(_("Only the service desk and engineers log incidents."))
def may_log(person, incident=None):
    return person.is_internal and (person.is_superuser or person.has_role(*DESK))


@says(_("Only the incident's owner, the service desk or the team's lead may do this."))
def may_work(person, incident):
    own = incident.assignee_id is not None and incident.assignee_id == person.pk
    return person.is_internal and (own or person.has_role("service_desk") or leads(person, incident))


@says(_("Only the person it is assigned to, or an engineer of the team while nobody has it, accepts an incident."))
def may_accept(person, incident):
    if incident.assignee_id:
        return incident.assignee_id == person.pk
    return person.is_internal and (incident.team_id in person.team_ids or leads(person, incident))


@says(_("A P1 stops its clock only by the team's lead or the supervisor. Ask them."))
def may_stop_the_clock(person, incident):
    return incident.priority > 1 or leads(person, incident)


@says(_("Little of the promised time is left, so only the team's lead or the supervisor lowers the priority for this reason. Ask them."))
def may_ease(person, incident):
    """Whether somebody may lower the priority of what is nearly or already too late (D6)."""
    return leads(person, incident)


@says(_("Only the service desk, the owner or the team's lead hands an incident over."))
def may_assign(person, incident):
    return may_work(person, incident) or (person.is_internal and incident.team_id in person.team_ids)


@says(_("Only the customer's confirmation, two unanswered reminders, or a call that a second person checked, closes it."))
def may_close(person, incident):
    """The contact themselves, or the second person of a confirmation by phone."""
    if not person.is_internal:
        return person.organisation_id == incident.customer_id
    return incident.closing_by_second_person == person.pk


@says(_("Only the customer, the owner, the service desk or the team's lead goes on with it."))
def may_reopen(person, incident):
    return person.organisation_id == incident.customer_id or may_work(person, incident)


@says(_("Only the service desk, engineers, leads and those who answer for changes say what caused an incident."))
def may_trace(person, incident=None):
    lead = incident is not None and leads(person, incident)
    return person.is_internal and (person.is_superuser or person.has_role(*TRACERS) or lead)
