"""Asking for decisions: opening stages, telling who may decide, and when to look at a stage again."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from changes import kinds
from changes.models import Choice, Decision, Outcome, RoundKind, Rule, Seat, Stage
from changes.models.approval import FINAL
from changes.services import deciders
from itsm.calendars import services as calendars
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Appointment, Role
from itsm.people.zones import company_day, company_zone


def waiting_seats():
    """The seats that wait for a decision: their stage and round are open, and nobody has decided about them; with their change."""
    decided = Decision.objects.filter(seat=OuterRef("pk"), choice__in=FINAL)
    open_ones = Seat.objects.filter(stage__outcome=Outcome.PENDING, stage__opened_at__isnull=False, stage__round__outcome=Outcome.PENDING)
    loaded = open_ones.select_related("organisation", "stage__round__change").defer("stage__round__document", "stage__round__why")
    return loaded.filter(~Exists(decided)).order_by("stage__deadline_at", "id")


def open_next_stage(change, opened, at):
    """Open the first stage that is not decided and tell its deciders; the stages of an approval after the fact open all at once."""
    waiting = opened.stages.filter(opened_at=None).order_by("no")
    waiting = list(waiting if opened.kind == RoundKind.AFTER else waiting[:1])
    hours = calendars.office_hours() if waiting else None
    for stage in waiting:
        stage.opened_at, stage.deadline_at = at, hours.add(at, timedelta(minutes=stage.minutes))
        stage.next_look_at = next_look(stage, hours, at)
        stage.save(update_fields=["opened_at", "deadline_at", "next_look_at"])
        tell_deciders(change, stage, kinds.DECIDE, at)


def halfway(stage, hours):
    """The instant at which half of a stage's time is over; never after its deadline."""
    return min(hours.add(stage.opened_at, timedelta(minutes=stage.minutes) / 2), stage.deadline_at)


def next_look(stage, hours, at):
    """When a stage has to be looked at again: at half of its time, at its deadline, and when a new day may bring others.

    Absences, appointments and delegations count by days, so who may decide can change at midnight in the company's zone.
    """
    due = [] if stage.reminded_at else [halfway(stage, hours)]
    due += [] if stage.escalated_at else [stage.deadline_at]
    return min([*(instant for instant in due if instant > at), _tomorrow(at)])


def _tomorrow(at):
    return datetime.combine(company_day(at) + timedelta(days=1), time.min, ZoneInfo(company_zone()))


def tell_deciders(change, stage, kind, at):
    """Tell everybody who may decide about a waiting seat of a stage, once for each kind of notice; with nobody there, who can help."""
    seats = list(waiting_seats().filter(stage=stage))
    everybody = deciders.Deciders(change, seats, at)
    return notices.tell_many(told(change, stage, seats, everybody, kind, at), at=at)


def told(change, stage, seats, everybody, kind, at):
    """The lines that tell who may decide about these waiting seats of a stage, and where nobody can any more, who has to act."""
    found = {seat: everybody.of(seat, late=stage.escalated_at is not None) for seat in seats}
    lines = [line(d.person, kind, change, f"stage-{stage.pk}", seat, d.on_behalf_of) for seat, able in found.items() for d in able]
    lost = [seat for seat, able in found.items() if not able]
    if lost and _is_stuck(stage, len(seats) - len(lost), len(seats)):
        lines += [line(person, kinds.NOBODY, change, f"stage-{stage.pk}-{company_day(at)}", lost[0]) for person in who_helps(at)]
    return lines


def _is_stuck(stage, reachable, waiting):
    """Whether a stage can't be approved by those who are there: `reachable` of its `waiting` seats have somebody."""
    if stage.rule == Rule.QUORUM:
        return reachable + stage.decisions.filter(choice=Choice.APPROVE).count() < stage.k
    return reachable < (1 if stage.rule == Rule.ANY else waiting)


def line(person, kind, change, key, seat, stands_for=None):
    """One line for `notices.tell_many`; a customer's person gets the customers' mail."""
    params = {"seat": seat.pk} | ({"stands_for": stands_for.pk} if stands_for else {})
    return notices.Told(person, kinds.suited(kind, person), change, key, params)


def who_helps(at):
    """Who has to act where nobody can decide: the change manager (else the IT service manager) and top management."""
    return list(dict.fromkeys([*change_managers(at), *duty.holders(Role.TOP_MANAGEMENT, at)]))


def change_managers(at):
    """Who answers for changes now: the change manager, or the IT service manager where nobody is appointed."""
    return duty.holders(Role.CHANGE_MANAGER, at) or duty.holders(Role.SERVICE_MANAGER, at)


def look_again(roles, at):
    """Have the open stages that ask one of these roles looked at by the next sweep: others may be able to decide now."""
    waiting = Stage.objects.filter(outcome=Outcome.PENDING, opened_at__isnull=False, next_look_at__isnull=False)
    waiting.filter(pk__in=Seat.objects.filter(role__in=roles).values("stage")).update(next_look_at=at)


def look_again_for(person, at):
    """The same for the roles that somebody holds or stands in for, and for every stage if they belong to top management."""
    involved = Appointment.objects.standing().filter(Q(person=person) | Q(deputy=person)).order_by()
    roles = set(involved.values_list("role", flat=True)) | set(person.delegations_held.standing().order_by().values_list("role", flat=True))
    if roles:
        look_again(Role.values if Role.TOP_MANAGEMENT in roles else roles, at)
