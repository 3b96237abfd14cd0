"""Emergencies: begun before everybody was asked, and answered for afterwards (8.5.1, domain.md section 5)."""

from django.utils.translation import gettext_lazy as _

from changes import answering, kinds, policy
from changes.models import Change, Choice, Decision, Kind, Outcome, RoundKind, Seat, Verdict
from changes.services import approving, gate, scheduling, scope, telling
from changes.services.deciders import Deciders
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Availability, Role


@verb
def start_unapproved(change, *, by, reason, at=None):
    """Begin an emergency while nobody of the panel can be reached; the decision is owed within one working day from now.

    Raises Refused, and names them, while somebody can be reached: absent and away they can't, off shift they can.
    """
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if change.kind != Kind.EMERGENCY:
        raise Refused(_("Only an emergency begins without a decision."), code="no_emergency")
    if not reason.strip():
        raise Refused(_("Say why it can't wait, and whom you tried to reach."), code="no_reason")
    change.start_unapproved(by=by, at=at, reason=reason.strip())
    answering.must_answer(change)
    _must_not_be_refused(change)
    if found := reachable(change, at):
        names = ", ".join(person.name for person in found)
        raise Refused(_("Ask first: %(people)s can be reached. One of them is enough.") % {"people": names}, code="reachable")
    approving.end_open_round(change, Outcome.WITHDRAWN, at)
    change.save()
    scheduling.occupy(change, at)
    approving.owe_retrospect(change, by=by, at=at)
    telling.tell_managers(change, kinds.UNAPPROVED, but=by, at=at)
    for person in duty.holders(Role.TOP_MANAGEMENT, at):
        notices.tell(person, kinds.UNAPPROVED, about=change, key=str(change.steps_taken), at=at)
    telling.tell_customers(change, kinds.BEGUN_CUSTOMER, at=at)
    return change


def reachable(change, at):
    """Who of the panel could decide about this emergency now, in a freeze top management too; nobody who is absent or away."""
    seats = _panel(change)
    if gate.freezes(change, at):
        seats.append(Seat(role=Role.TOP_MANAGEMENT))
    everybody = Deciders(change, seats, at)
    found = {decider.person.pk: decider.person for seat in seats for decider in everybody.of(seat)}
    return [person for person in found.values() if person.availability != Availability.AWAY]


def _panel(change):
    """The seats that are to be decided before it begins: those that wait, or those it would have."""
    opened = change.rounds.filter(kind=RoundKind.BEFORE, outcome=Outcome.PENDING).first()
    if opened is not None:
        return list(Seat.objects.filter(stage__round=opened, stage__outcome=Outcome.PENDING).select_related("stage"))
    asked = policy.stages(approving.policy_in_force().rows, scope.facts(change))
    return [Seat(role=role, organisation_id=organisation) for stage in asked for role, organisation in stage.seats]


def _must_not_be_refused(change):
    """Whoever was reached and rejected exactly this is not passed by."""
    said = Decision.objects.filter(stage__round__change=change, choice=Choice.REJECT, fingerprint=change.fingerprint())
    if (no := said.select_related("person").first()) is not None:
        raise Refused(
            _("%(person)s was reached and rejected it. Change what it says, then ask again.") % {"person": no.person}, code="rejected"
        )


@verb
def settle(change, *, by, verdict, reason, at=None):
    """Say what becomes of an emergency that was rejected after the fact: it stays, or it is taken back. Raises Refused, NotAllowed."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
    if verdict not in Verdict.values:
        raise Refused(_("It is kept, or it is taken back."), code="no_such_verdict")
    change.settle(by=by, at=at, verdict=verdict, reason=reason.strip())
    change.save()
    for person in dict.fromkeys([change.implementer, change.requester]):
        if person is not None:
            notices.tell(
                person, kinds.SETTLED, about=change, key=str(change.steps_taken), at=at, verdict=str(verdict), words=reason.strip()
            )
    return change
