"""The deadlines of stages: at half of the time who may decide is reminded, at its end others are told. Silence never approves (O8)."""

from django.db.models import F

from changes import kinds
from changes.models import Outcome, Stage
from changes.services.asking import change_managers, halfway, line, next_look, told, waiting_seats
from changes.services.deciders import Deciders
from itsm.calendars import services as calendars
from itsm.core import sweep
from itsm.notices import services as notices
from itsm.people.models import Person


def sweep_stages(at):
    """Look at every stage whose time has come; return how many. Safe to run twice, late, or side by side."""

    def due(batch):
        found = Stage.objects.filter(next_look_at__lte=at, outcome=Outcome.PENDING, round__outcome=Outcome.PENDING)
        locked = found.order_by("next_look_at", "id").select_for_update(skip_locked=True, of=("self",))
        return list(locked.select_related("round__change__requester", "round__change__implementer")[:batch])

    def look_at_stages(stages):
        look(stages, at)

    return sweep.sweep(due, look_at_stages)


def look(stages, at):
    """Remind, escalate and tell for stages that are locked; a fixed number of queries for all of them."""
    seats = list(waiting_seats().filter(stage__in=stages))
    everybody, hours = Deciders(None, seats, at), calendars.office_hours()
    lines, late = [], []
    for stage in stages:
        own = [seat for seat in seats if seat.stage_id == stage.pk]
        kind = _what_is_due(stage, hours, at)
        lines += told(stage.round.change, stage, own, everybody, kind, at)
        late += own if kind == kinds.LATE else []
        stage.next_look_at = next_look(stage, hours, at)
    Stage.objects.bulk_update(stages, ["reminded_at", "escalated_at", "next_look_at"])
    notices.tell_many(lines + _to_others(late, everybody, at), at=at)


def _what_is_due(stage, hours, at):
    """Note on a stage that its time, or half of it, is over; return the kind that its deciders are told.

    With nothing due that is the first kind: whoever was told before is not told again, but others may have come.
    """
    if stage.escalated_at is None and at >= stage.deadline_at:
        stage.escalated_at, stage.reminded_at = at, stage.reminded_at or at
        return kinds.LATE
    if stage.reminded_at is None and at >= halfway(stage, hours):
        stage.reminded_at = at
        return kinds.REMIND
    return kinds.DECIDE


def _to_others(late, everybody, at):
    """Who is told of late seats beside those who may decide: the change manager, and the managers of the holders."""
    if not late:
        return []
    holders = {seat: {a.person_id for a in everybody.holders(seat)} for seat in late}
    above = Person.objects.active().filter(reports__in=set().union(*holders.values())).select_related("organisation")
    above = list(above.annotate(report=F("reports")))
    managers = change_managers(at)
    return [
        line(person, kinds.LATE, seat.stage.round.change, f"stage-{seat.stage_id}", seat)
        for seat, asked in holders.items()
        for person in [*managers, *(manager for manager in above if manager.report in asked)]
    ]
