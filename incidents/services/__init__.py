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
from incidents.services.handing import ask_supplier, supplier_answered, transfer
from incidents.services.logging import log
from incidents.services.rating import reclassify, reprioritise
from incidents.services.tracing import confirm_cause, deny_cause, point_at, withdraw_cause
from incidents.services.waiting import remind_or_propose, sweep_waiting
from incidents.services.working import answer, edit, end_window, note, reply, resolve, resume, sweep_windows, wait

__all__ = [
    "accept",
    "answer",
    "ask_supplier",
    "check_call",
    "confirm",
    "confirm_by_phone",
    "confirm_cause",
    "deny_cause",
    "edit",
    "end_window",
    "follow_up",
    "free_everything_of",
    "log",
    "note",
    "point_at",
    "reassign",
    "reclassify",
    "remind_or_lapse",
    "remind_or_propose",
    "reopen",
    "reply",
    "reprioritise",
    "resolve",
    "resume",
    "roster_of",
    "serve",
    "serve_person",
    "serve_waiting_teams",
    "supplier_answered",
    "sweep_confirmations",
    "sweep_waiting",
    "sweep_windows",
    "transfer",
    "wait",
    "withdraw_cause",
    "would_get",
]
