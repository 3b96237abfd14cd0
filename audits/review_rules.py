"""Who may do what with management reviews and their actions, and what must hold: pure questions."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

KEEPERS = ("service_manager",)
CHAIRS = ("top_management",)


def may_read(person):
    """Staff read every management review; nobody else any."""
    return person.is_internal


def may_plan(person):
    """The IT service manager plans reviews and prepares them."""
    return person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))


@says(_("Only the IT service manager or who chairs the review may do this."))
def may_keep(person, review):
    return person.is_internal and (may_plan(person) or person.pk == review.chair_id)


@says(_("Only who chairs the review judges and signs it."))
def is_chair(person, review):
    return person.is_internal and person.pk == review.chair_id


@says(_("Only the IT service manager or who chaired the review may do this."))
def may_keep_action(person, action):
    return may_keep(person, action.review)


@says(_("Only who owns the action may do this."))
def is_owner(person, action):
    return person.is_internal and person.pk == action.owner_id


@says(_("Only who owns the action, who chaired the review, or the IT service manager may do this."))
def may_arrange(person, action):
    return is_owner(person, action) or may_keep(person, action.review)


@says(_("Only who chaired the review, top management or the IT service manager accepts what was done."))
def may_accept(person, action):
    return may_keep(person, action.review) or (person.is_internal and person.has_role(*CHAIRS))


@says(_("Who owns the action, or reported it done, does not accept it. Somebody else has to."))
def is_another(person, action):
    return person.pk not in (action.owner_id, action.done_by_id)


@says(_("Only who chaired the review or top management drops what was decided."))
def may_drop(person, action):
    return person.is_internal and (person.pk == action.review.chair_id or person.is_superuser or person.has_role(*CHAIRS))


def is_whole(review):
    """Whether every input is compiled or answered."""
    return not review.missing_inputs()


def is_judged(review):
    return len(review.verdicts.all()) == len(review.QUESTIONS)


def has_its_chair(review):
    return any(seat.is_present and seat.person_id == review.chair_id for seat in review.attendees.all())


def is_decided(review):
    return bool(review.nothing_decided.strip()) or any(action.status == "draft" for action in review.actions.all())


NEEDS_INPUTS = (is_whole, _("An input is missing: compile it, or answer it in words."))
NEEDS_VERDICTS = (is_judged, _("A verdict is missing: suitable, adequate and effective are each judged, with reasons."))
NEEDS_CHAIR = (has_its_chair, _("Who chairs the review has to be present."))
NEEDS_DECISIONS = (is_decided, _("Say what was decided, or that nothing was, and why."))
