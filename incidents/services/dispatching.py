"""Who works on it: dispatch to idle engineers, the team's queue, handing over (requirements 19, 52, 53)."""

from django.db.models import Case, IntegerField, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from incidents import kinds, roster
from incidents.models import Incident, Status
from incidents.models.incident import HELD, WEIGHTS
from incidents.services import promises
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.sweep import each
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Team

OWNER_LEFT = "owner_left"
"""Why an incident changed hands; a name would stay in the history of somebody who asks to be forgotten."""


def loads(person_ids):
    """`{person id: weight of their open, not waiting incidents}`; one query."""
    weight = Case(*[When(priority=p, then=Value(w)) for p, w in WEIGHTS.items()], output_field=IntegerField())
    held = Incident.objects.filter(assignee__in=person_ids, status__in=HELD).order_by()
    return dict(held.values_list("assignee").annotate(load=Sum(weight)))


def candidates(team, at):
    """What is known of the team's engineers at an instant, as roster Candidates with their persons: `(candidates, {id: person})`."""
    members = duty.engineers(team, at)
    load = loads([member.person.pk for member in members])
    found = [roster.Candidate(m.person.pk, m.availability, m.on_shift, m.person.capacity, load.get(m.person.pk, 0)) for m in members]
    return found, {member.person.pk: member.person for member in members}


def would_get(team, priority, at):
    """Who would get an incident logged now, as `(person, Choice)`, or None; nothing is locked or written."""
    known, people = candidates(team, at)
    choice = roster.choose(known, priority, WEIGHTS[priority])
    return (people[choice.candidate.person_id], choice) if choice else None


def roster_of(team, at):
    """The team's engineers with their load, the least loaded first: `[(person, Candidate)]`."""
    known, people = candidates(team, at)
    return [(people[c.person_id], c) for c in sorted(known, key=lambda c: (not c.reachable(), c.load, c.person_id))]


def dispatch(incident, *, at):
    """Give a saved incident to an idle engineer, or leave it in the team's queue and tell who leads it. The caller saves it."""
    notices.tell_many(placed(incident, at=at), at=at)


def placed(incident, *, at):
    """Give an incident, saved or not, to an idle engineer or leave it in the team's queue; what is to be told of it once it is saved.

    Takes the team's lock, so that two incidents never fill the same last slot.
    """
    team = Team.objects.locked(incident.team_id)
    known, people = candidates(team, at)
    choice = roster.choose(known, incident.priority, WEIGHTS[incident.priority])
    if choice:
        return [_given(incident, people[choice.candidate.person_id], choice, at)]
    kind = kinds.QUEUED if any(c.on_shift for c in known) else kinds.NOBODY_ON_SHIFT
    return [notices.Told(person, kind, incident, str(incident.steps_taken)) for person in duty.supervisors(team, at)[:1]]


def _given(incident, person, choice, at):
    """Assign it; what that person is to be told."""
    incident.assign(by=None, at=at, assignee=person, why=choice.why())
    return notices.Told(person, kinds.ASSIGNED, incident, str(incident.steps_taken))


@verb
def serve(team, *, by, at=None):
    """Assign what waits in a team's queue to engineers who are idle, most urgent first; return how many were assigned."""
    team = Team.objects.locked(team.pk)
    at = at or clock.now()
    return _serve_locked(team, at)


def _serve_locked(team, at):
    queue = list(
        Incident.objects.queued(team).select_for_update(of=("self",), skip_locked=True).select_related("customer", "service", "team")[:50]
    )
    if not queue:
        return 0
    known, people = candidates(team, at)
    told = []
    for incident in queue:
        choice = roster.choose(known, incident.priority, WEIGHTS[incident.priority])
        if choice is None:
            continue
        told.append(_given(incident, people[choice.candidate.person_id], choice, at))
        incident.save()
        known = [_loaded(c, choice) for c in known]
    notices.tell_many(told, at=at)
    return len(told)


def _loaded(candidate, choice):
    """The candidate after the choice was carried out."""
    if candidate.person_id != choice.candidate.person_id:
        return candidate
    return roster.Candidate(
        candidate.person_id, candidate.availability, candidate.on_shift, candidate.capacity, candidate.load + choice.weight
    )


def serve_person(person, *, by, at=None):
    """Serve the queues of every team this person works in, because they have room now."""
    for team in Team.objects.filter(appointments__in=_engineer_posts(person, at)).order_by("pk").distinct():
        serve(team, by=by, at=at)


def _engineer_posts(person, at):
    return person.appointments.current(at).filter(role="engineer")


def serve_waiting_teams(at=None):
    """Serve every team that has a queue: shifts that began, and whatever a lock made an earlier turn pass over."""
    waiting = Incident.objects.filter(status=Status.NEW).order_by().values("team_id").distinct()
    served = []
    each(Team.objects.filter(pk__in=waiting).order_by("pk"), lambda team: served.append(serve(team, by=None, at=at)))
    return sum(served)


@verb
def accept(incident, *, by, at=None):
    """Start work; the customer reads by name who does, and that is the response, or an update (D4)."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    incident.accept(by=by, at=at)
    promises.spoken(incident, by=by, at=at)
    incident.save()
    notices.tell(incident.contact, kinds.ACCEPTED, about=incident, key=str(incident.steps_taken))
    return incident


@verb
def reassign(incident, *, by, assignee, reason, at=None):
    """Hand an incident to somebody else, who is told; the one who had it becomes free for the queue."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if assignee.pk == incident.assignee_id:
        raise Refused(_("%(person)s has it already. Choose somebody else.") % {"person": assignee}, code="same_owner")
    if not (assignee.is_internal and assignee.is_active):
        raise Refused(_("%(person)s does not work here. Choose one of our engineers.") % {"person": assignee}, code="not_staff")
    before = incident.assignee
    _hand(incident, by=by, at=at, reason=reason, assignee=assignee)
    incident.save()
    notices.tell(assignee, kinds.ASSIGNED, about=incident, key=str(incident.steps_taken))
    if before:
        serve_person(before, by=None, at=at)
    return incident


def _hand(incident, *, by, at, reason, assignee):
    """Take the hand-over step that the status knows."""
    why = {"rule": "by_hand", "by": by.pk if by else None}
    step = {Status.NEW: incident.assign, Status.WAITING: incident.hand_over}.get(incident.status, incident.reassign)
    step(by=by, at=at, reason=reason, assignee=assignee, why=why)


@verb
def free_everything_of(person, *, by, at=None):
    """Somebody left: what they held is dispatched again by its team; what waits for a customer goes to the team's lead."""
    at = at or clock.now()
    reason = OWNER_LEFT
    held = Incident.objects.open().filter(assignee=person).order_by("team_id", "pk").select_for_update(of=("self",))
    for incident in list(held.select_related("customer", "contact", "service", "team", "assignee")):
        if incident.status == Status.WAITING:
            heir = next((p for p in duty.supervisors(incident.team, at) if p.pk != person.pk), None)
            incident.hand_over(by=None, at=at, reason=reason, assignee=heir, why={"rule": "heir"})
            if heir:
                notices.tell(heir, kinds.ASSIGNED, about=incident, key=str(incident.steps_taken))
        else:
            incident.release(by=None, at=at, reason=reason)
            dispatch(incident, at=at)
        incident.save()
