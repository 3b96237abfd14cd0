"""What happens while an incident waits: a reminder after one working day, a proposal to solve it after three (D5)."""

from incidents import kinds
from incidents.models import Incident, Status
from incidents.services.reminding import remind_due
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people import duty
from sla import services as sla
from sla.models import CUSTOMER_SIDE

LADDER = (1, 3)
"""Working days of waiting: reminder, proposal to solve it."""


def begin(incident, *, at):
    """The ladder of a wait that begins now, and where a maintenance window is waited for, its end; the caller saves."""
    incident.wait_stage, incident.wait_at = 0, calendars.add_working_days(at, LADDER[0])
    incident.window_ends_at = sla.window_ends_at(incident, at) if incident.waiting_reason == sla.MAINTENANCE else None


def sweep_waiting(at):
    """Remind or propose for every incident that waits too long; return how many. Safe to run twice or side by side."""
    return remind_due("wait_at", Status.WAITING, remind_or_propose, at)


@verb
def remind_or_propose(incident, *, by, at=None):
    """The next of: a reminder to whom we wait for, a proposal to whoever holds it to solve it; no message of ours counts as an update."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if incident.status != Status.WAITING or incident.wait_at is None or incident.wait_at > at:
        return incident
    key = f"{incident.steps_taken}-{incident.wait_stage}"
    for person, kind in _told(incident, at):
        notices.tell(person, kind, about=incident, key=key, at=at)
    _climb(incident)
    incident.save(update_fields=["wait_stage", "wait_at"])
    return incident


def _told(incident, at):
    """Whom the stage concerns, and what they read."""
    holders = [incident.assignee] if incident.assignee else duty.supervisors(incident.team, at)[:1]
    if incident.wait_stage > 0:
        return [(person, kinds.PROPOSE_SOLVING) for person in holders]
    if incident.waiting_reason in CUSTOMER_SIDE and incident.contact and incident.contact.email:
        return [(incident.contact, kinds.STILL_WAITING)]
    return [(person, kinds.WAITS_LONG) for person in holders]


def _climb(incident):
    """To the next stage, counted from the same beginning; after the last one nothing more comes."""
    gap = LADDER[1] - LADDER[0]
    incident.wait_at = calendars.add_working_days(incident.wait_at, gap) if incident.wait_stage == 0 else None
    incident.wait_stage += 1
