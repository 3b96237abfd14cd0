"""Who may do what with findings and corrective actions, and what must hold: pure questions."""

from django.utils.translation import gettext_lazy as _

from audits.grading import NONCONFORMITIES
from itsm.core.flow import says

RAISERS = ("internal_auditor", "service_manager")


def may_read(person):
    """Staff read every finding; nobody else any."""
    return person.is_internal


def may_raise(person):
    """Internal auditors and the IT service manager raise findings."""
    return person.is_internal and (person.is_superuser or person.has_role(*RAISERS))


@says(_("Only an internal auditor or the IT service manager may do this."))
def may_audit(person, finding):
    return may_raise(person)


@says(_("Who answers for the finding does not weigh it. Somebody else has to."))
def is_not_the_audited(person, finding):
    return person.pk != finding.auditee_id


@says(_("Only who answers for the finding may do this."))
def may_answer(person, finding):
    return person.is_internal and person.pk == finding.auditee_id


@says(_("Only who raised the finding may take it back."))
def may_withdraw(person, finding):
    return person.is_internal and finding.raised_by_id is not None and person.pk == finding.raised_by_id


@says(_("Only who answers for the finding, or the IT service manager, may do this."))
def may_settle(person, finding):
    return person.is_internal and (person.pk == finding.auditee_id or person.is_superuser or person.has_role("service_manager"))


@says(_("Only who owns the action, or who answers for the finding, may do this."))
def may_act(person, action):
    return person.is_internal and person.pk in (action.owner_id, action.finding.auditee_id)


@says(_("Only who owns the action, who answers for the finding, or the IT service manager may do this."))
def may_arrange(person, action):
    return may_act(person, action) or (person.is_internal and (person.is_superuser or person.has_role("service_manager")))


@says(_("Who owns the action or carried it out does not judge whether it works. Somebody else has to."))
def is_independent(person, action):
    return person.pk not in (action.owner_id, action.implementer_id, action.recorded_by_id)


@says(_("Our own people judge whether an action works."))
def may_verify(person, action):
    return person.is_internal


def is_nonconformity(finding):
    return finding.grade in NONCONFORMITIES


def is_no_nonconformity(finding):
    return not is_nonconformity(finding)


def has_open_suggestion(finding):
    return finding.suggestion_open


def has_correction(action):
    return bool(action.correction.strip())


def has_cause(action):
    return bool(action.cause.strip())


def has_extent(action):
    return bool(action.extent.strip())


def has_plan(action):
    return bool(action.plan.strip() and action.criterion.strip()) and action.due_on is not None


NEEDS_NO_NONCONFORMITY = (is_no_nonconformity, _("A nonconformity is closed by a corrective action that worked, not by words."))
NEEDS_SUGGESTION = (has_open_suggestion, _("No other grade is suggested."))
NEEDS_CORRECTION = (has_correction, _("Write down the correction first: what was done about the case itself."))
NEEDS_CAUSE = (has_cause, _("Write down the cause first."))
NEEDS_EXTENT = (has_extent, _("Look first whether the same happens elsewhere."))
NEEDS_PLAN = (has_plan, _("Write down the plan first: what, by whom, until when, and how one will see that it works."))
