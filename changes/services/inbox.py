"""What waits for somebody's decision: as holder, deputy, delegate or next level, judged at this instant."""

import dataclasses
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from changes.models import Choice, Decision, Seat
from changes.services.asking import waiting_seats
from changes.services.deciders import Decider, Deciders
from itsm.core import clock
from itsm.core.errors import NotAllowed
from itsm.people.models import Absence, Appointment, Role
from itsm.people.zones import company_day, company_zone


@dataclasses.dataclass(frozen=True)
class Waiting:
    """One seat that somebody may decide about now, and as what."""

    seat: Seat
    decider: Decider

    @property
    def change(self):
        return self.seat.stage.round.change

    @property
    def role(self):
        return Role(self.seat.role).label


_ASKED = """
    WITH roles AS (
        SELECT role FROM people_appointment
        WHERE (person_id = %(me)s OR deputy_id = %(me)s) AND withdrawn_at IS NULL AND valid @> {day}
        UNION
        SELECT role FROM changes_delegation WHERE receiver_id = %(me)s AND withdrawn_at IS NULL AND valid @> {day}
    )
    SELECT x.id, x.role IN (SELECT role FROM roles) FROM changes_stage s JOIN changes_seat x ON x.stage_id = s.id
    WHERE s.outcome = 'pending' AND s.opened_at IS NOT NULL
      AND (x.role IN (SELECT role FROM roles) OR EXISTS (SELECT 1 FROM roles WHERE role = 'top_management'))
"""
_DAY = "coalesce(%(day)s::date, (clock_timestamp() AT TIME ZONE %(zone)s)::date)"


def waiting_for(person, at=None):
    """Everything that waits for somebody's decision, the most urgent deadline first.

    One short query where nothing is asked of what they hold or stand for, else at most seven. Reads only stages that are open, however
    many changes there are.
    """
    at = at or clock.given()
    asked = _asked(person, at) if person.is_internal else Q()
    seats = list(waiting_seats().filter(asked)) if asked else []
    if not seats:
        return []
    everybody = Deciders(None, seats, at or clock.now())
    return [Waiting(seat, found) for seat in seats if (found := everybody.find(seat, person))]


def _asked(person, at):
    """The Q of open seats of a role that somebody holds, is deputy of, or was delegated, empty where there is none.

    For top management also of what no holder is free to decide. Asked on every page, so it is one statement that names no more than it
    needs: put together as one query with all that a seat brings along, it took ten times as long to plan.
    """
    with connection.cursor() as cursor:
        day = company_day(at) if at else None
        cursor.execute(_ASKED.format(day=_DAY), {"me": person.pk, "day": day, "zone": company_zone()})
        found = cursor.fetchall()
    own, others = [seat for seat, is_own in found if is_own], [seat for seat, is_own in found if not is_own]
    wanted = Q(pk__in=own) if own else Q()
    return wanted | (Q(pk__in=others) & ~Exists(_free_holders(at))) if others else wanted


def _free_holders(at):
    """Who holds a seat's role and may decide themselves: what `Deciders` asks, asked of the database to pass most seats over."""
    day = company_day(at) if at else TruncDate(clock.ClockTimestamp(), tzinfo=ZoneInfo(company_zone()))
    absent = Absence.objects.filter(person=OuterRef("person"), first_on__lte=day, last_on__gte=day, withdrawn_at=None)
    said = Decision.objects.filter(stage=OuterRef(OuterRef("stage")), person=OuterRef("person")).exclude(choice=Choice.ASK)
    held = Appointment.objects.current(at).filter(role=OuterRef("role"), person__is_active=True).order_by()
    own_work = [~Q(person=OuterRef(f"stage__round__change__{name}")) for name in ("requester", "implementer", "edited_by")]
    return held.filter(*own_work).filter(~Exists(absent), ~Exists(said))


def waiting_on(change, person, at):
    """What waits for somebody's decision about one change: `[Waiting]`. Five queries, three where nothing waits at all."""
    seats = list(waiting_seats().filter(stage__round__change=change))
    if not seats:
        return []
    everybody = Deciders(None, seats, at)
    return [Waiting(seat, found) for seat in seats if (found := everybody.find(seat, person))]


def look_at(seat, person, at):
    """`(Waiting or None, sentence)`: whether somebody may decide about a seat now, and if not, why."""
    found = waiting_seats().filter(pk=seat.pk).first()
    if found is None:
        return None, _("Nothing is to be decided here any more.")
    everybody = Deciders(None, [found], at)
    decider = everybody.find(found, person)
    return (Waiting(found, decider), "") if decider else (None, everybody.why_not(found, person))


def representatives_seat(change, person):
    """The seat that waits for a customer's representative: that of their own organisation. Raises NotAllowed where there is none."""
    of_customer = waiting_seats().filter(stage__round__change=change, role=Role.CUSTOMER_REPRESENTATIVE)
    found = of_customer.filter(organisation=person.organisation_id).first()
    if found is None:
        raise NotAllowed(_("Nothing is to be decided here any more."), code="not_open")
    return found
