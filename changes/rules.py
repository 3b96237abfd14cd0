"""Who may do what with a change, and what must hold: pure questions."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

CHANGE_MANAGERS = ("change_manager", "service_manager")
FREEZE_BREAKERS = ("top_management",)


def may_read(person):
    """Staff read every change; nobody else any, except through a link that asks for their decision."""
    return person.is_internal


def may_raise(person):
    """Everybody who works for us may ask for a change."""
    return person.is_internal


def manages(person):
    """Whether somebody answers for changes: the change manager, or the IT service manager where nobody else is appointed."""
    return person.is_internal and (person.is_superuser or person.has_role(*CHANGE_MANAGERS))


def may_break_freeze(person):
    """Only top management lets a change into a freeze."""
    return person.is_internal and person.has_role(*FREEZE_BREAKERS)


def may_override(person):
    """The change manager lets a change pass in spite of a conflict, top management in their place; a freeze is another matter."""
    return manages(person) or may_break_freeze(person)


def may_set_policy(person):
    """Who decides which change needs whose approval: the IT service manager and top management."""
    return person.is_internal and (person.is_superuser or person.has_role("service_manager", "top_management"))


@says(_("Only who asked for the change, who carries it out, or the change manager may do this."))
def may_work(person, change):
    return person.is_internal and (person.pk in (change.requester_id, change.implementer_id) or manages(person))


@says(_("Only who carries the change out, or the change manager, may do this."))
def may_implement(person, change):
    return person.is_internal and (person.pk == change.implementer_id or manages(person))


@says(_("Only the change manager may do this."))
def may_manage(person, change):
    return manages(person)


@says(_("Who carried the change out does not judge it. Somebody else has to."))
def may_judge(person, change):
    return person.is_internal and person.pk != change.implementer_id


@says(_("Only the change manager, the IT service manager or top management says what becomes of it, and never who asked for it or did it."))
def may_settle(person, change):
    own = person.pk in (change.requester_id, change.implementer_id)
    return person.is_internal and not own and (manages(person) or may_break_freeze(person))


def has_plan(change):
    return bool(change.plan)


def has_back_out(change):
    return bool(change.back_out_plan.strip())


def has_test(change):
    return bool(change.test_evidence.strip())


def has_window(change):
    return change.starts_at is not None and change.ends_at is not None


def has_implementer(change):
    return change.implementer_id is not None


def is_assessed(change):
    return bool(change.risk)


def has_answered_for(change):
    """An emergency is complete when the approval after the fact is decided, and a rejected one says what becomes of it."""
    if change.kind != "emergency":
        return True
    return change.retrospect == "approved" or (change.retrospect == "rejected" and bool(change.verdict))


def is_complete(change):
    """Whether a record says everything that a normal change must say; all but emergencies said it before they began (requirement 69)."""
    return change.kind != "emergency" or all(holds(change) for holds, _sentence in COMPLETE)


def was_rejected_after(change):
    return change.retrospect == "rejected"


def has_no_verdict(change):
    return not change.verdict


def items_are_confirmed(change):
    return change.items_confirmed_at is not None


def review_is_done(change):
    return not (change.review_due or change.kind == "emergency") or bool(change.review.strip())


NEEDS_PLAN = (has_plan, _("Write down the plan, at least one step."))
NEEDS_BACK_OUT = (has_back_out, _("Write down how to get back if it fails."))
NEEDS_TEST = (has_test, _("Say how it was tested, and with which result."))
NEEDS_WINDOW = (has_window, _("Choose when it is to be done."))
NEEDS_IMPLEMENTER = (has_implementer, _("Name who carries it out."))
NEEDS_RISK = (is_assessed, _("Answer the risk questions first."))
NEEDS_RETROSPECT = (has_answered_for, _("The approval after the fact is still owed."))
NEEDS_RECORD = (is_complete, _("Complete the record first: risk, plan, back-out plan, tests, window and who carried it out."))
NEEDS_REJECTION = (was_rejected_after, _("It was not rejected after the fact; there is nothing to settle."))
NEEDS_NO_VERDICT = (has_no_verdict, _("It is settled already what becomes of it."))
NEEDS_ITEMS = (items_are_confirmed, _("Confirm that the configuration items are up to date."))
NEEDS_REVIEW = (review_is_done, _("Write the review first: this change must be looked back on."))
COMPLETE = [NEEDS_RISK, NEEDS_PLAN, NEEDS_BACK_OUT, NEEDS_TEST, NEEDS_WINDOW, NEEDS_IMPLEMENTER]
"""What every change carries before anybody has to decide about it (requirement 69)."""
