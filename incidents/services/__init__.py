"""The verbs of incidents. Each is one act in one transaction; pages, API, tasks and links call these and nothing else."""

from incidents.services.closing import (
    check_call,
    confirm,
    confirm_by_phone,
    follow_up,
    remind_or_lapse,
    reopen,
    sweep_confirmations,
)
from incidents.services.dispatching import (
    accept,
    free_everything_of,
    reassign,
    roster_of,
    serve,
    serve_person,
    serve_waiting_teams,
    would_get,
)
from incidents.services.logging import edit, log
from incidents.services.promises import repeat_due_times
from incidents.services.working import answer, note, reply, reprioritise, resolve, resume, wait

__all__ = [
    "accept",
    "answer",
    "check_call",
    "confirm",
    "confirm_by_phone",
    "edit",
    "follow_up",
    "free_everything_of",
    "log",
    "note",
    "reassign",
    "remind_or_lapse",
    "reopen",
    "repeat_due_times",
    "reply",
    "reprioritise",
    "resolve",
    "resume",
    "roster_of",
    "serve",
    "serve_person",
    "serve_waiting_teams",
    "sweep_confirmations",
    "wait",
    "would_get",
]
