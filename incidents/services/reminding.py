"""Reminders that fall due one after the other: the sweep that the waits and the open questions share."""

from incidents.models import Incident
from itsm.core.sweep import sweep


def remind_due(due_at, status, act, at):
    """Let the verb `act` take every incident of a status whose `due_at`, the name of a column, has come; return how many.

    Safe to run twice or side by side.
    """
    due = Incident.objects.filter(status=status, **{f"{due_at}__lte": at}).order_by(due_at, "id")

    def claim(batch):
        return due.select_for_update(of=("self",), skip_locked=True)[:batch]

    def remind(rows):
        for incident in rows:
            act(incident, by=None, at=at)

    return sweep(claim, remind)
