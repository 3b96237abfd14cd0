"""How far a change has come: the stages that it really passed, where it stands, and what is still before it."""

from changes.models import Kind, Status

PATH = (
    Status.DRAFT, Status.ASSESSED, Status.AWAITING, Status.APPROVED, Status.SCHEDULED, Status.IMPLEMENTING, Status.IMPLEMENTED,
    Status.REVIEW, Status.CLOSED,
)  # fmt: skip
NOT_ASKED = (Status.ASSESSED, Status.AWAITING)
"""What a standard change skips: its model was approved."""
ENDS = {Status.REJECTED: Status.AWAITING, Status.CANCELLED: None}
"""States that end a change before it is carried out, and the stage they stand behind."""


def stages(change, taken):
    """`[{"label", "kind"}]` of a change's stepper, kind past, now, next or stop; taken: its steps, oldest first.

    A stage behind it that it never stood in (an emergency begun without a decision, a closing without a review) is left out, and
    nothing stands after the end of a rejected or cancelled one.
    """
    stood = {Status.DRAFT, *(step.target for step in taken)}
    here = change.status
    if here in ENDS:
        last = PATH.index(ENDS[here] or _left(taken))
        return [*_past(PATH[: last + 1], stood), _stage(here, "stop", is_here=True)]
    place = PATH.index(Status.IMPLEMENTED if here == Status.BACKED_OUT else here)
    turned = Status.BACKED_OUT in stood and here != Status.IMPLEMENTED
    behind = [Status.BACKED_OUT if turned and stage == Status.IMPLEMENTED else stage for stage in PATH[:place]]
    ahead = [stage for stage in PATH[place + 1 :] if change.kind != Kind.STANDARD or stage not in NOT_ASKED]
    ahead = [stage for stage in ahead if stage != Status.REVIEW or change.review_due or place < PATH.index(Status.IMPLEMENTED)]
    now = _stage(here, "stop", is_here=True) if here == Status.BACKED_OUT else _stage(here, "now")
    return [*_past(behind, stood), now, *(_stage(stage, "next") for stage in ahead)]


def _left(taken):
    """The stage in which a cancelled change stood before."""
    source = taken[-1].source if taken else Status.DRAFT
    return Status.AWAITING if source == Status.REJECTED else source


def _past(stages, stood):
    return [_stage(stage, "stop" if stage == Status.BACKED_OUT else "past") for stage in stages if stage in stood]


def _stage(status, kind, *, is_here=False):
    return {"label": Status(status).label, "kind": kind, "is_here": is_here}
