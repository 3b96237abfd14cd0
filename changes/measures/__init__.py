"""What changes come to and how long people wait for approval: figures, and the rows behind each (domain.md sections 3.5 and 5).

Read from changes, rounds, stages, decisions and steps with their own times, never from the trail.
"""

from changes.measures.beside import backlog, freeze_overrides, unauthorised
from changes.measures.outcomes import Outcomes, carried_out
from changes.measures.scope import BY, TIERS, Scope
from changes.measures.timing import TARGET, Leads, Waits, approvals, waiting_now
from changes.measures.urgent import emergencies

__all__ = [
    "BY", "TARGET", "TIERS", "Leads", "Outcomes", "Scope", "Waits", "approvals", "backlog", "carried_out", "emergencies",
    "freeze_overrides", "unauthorised", "waiting_now",
]  # fmt: skip
