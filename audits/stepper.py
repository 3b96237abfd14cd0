"""How far a finding, an audit, a management review or what it decided has come, as the stages of a page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models import AuditStatus, FindingStatus, ReviewActionStatus, ReviewStatus
from audits.models.action import ActionStatus as S

RAISED, CLOSED = pgettext_lazy("finding", "Raised"), _("Closed")
PATH = (
    (S.OPENED, pgettext_lazy("corrective action", "Correction")),
    (S.CORRECTED, _("Cause")),
    (S.EXPLAINED, _("Extent")),
    (S.PLANNING, pgettext_lazy("corrective action", "Plan")),
    (S.PROPOSED, _("Approval")),
    (S.APPROVED, pgettext_lazy("corrective action", "Carrying out")),
    (S.IMPLEMENTED, _("Sample")),
    (S.VERIFYING, _("Verdict")),
)
"""What is done while an action stands in a state."""


def stages(finding, action):
    """`[{"label", "kind"}]`: raised, what its newest action passes through, closed; kind past, now, next or stop."""
    if finding.status == FindingStatus.WITHDRAWN:
        return [_stage(RAISED, "past"), _stage(finding.get_status_display(), "stop", is_here=True)]
    if action is None or action.status == S.DROPPED:
        return [_stage(RAISED, "past" if finding.is_over else "now"), _stage(CLOSED, "now" if finding.is_over else "next")]
    if finding.is_over:
        return [_stage(RAISED, "past"), *[_stage(label, "past") for _status, label in PATH], _stage(CLOSED, "now")]
    place = [status for status, _label in PATH].index(action.status)
    shown = [_stage(label, "past" if no < place else "now" if no == place else "next") for no, (_status, label) in enumerate(PATH)]
    return [_stage(RAISED, "past"), *shown, _stage(CLOSED, "next")]


AUDIT_PATH = (AuditStatus.PLANNED, AuditStatus.PREPARED, AuditStatus.IN_PROGRESS, AuditStatus.REPORTED, AuditStatus.FOLLOW_UP,
              AuditStatus.CLOSED)  # fmt: skip


def review_stages(review):
    """`[{"label", "kind"}]`: planned, prepared, held, signed; or that it was cancelled."""
    return _along((ReviewStatus.PLANNED, ReviewStatus.PREPARED, ReviewStatus.HELD, ReviewStatus.CLOSED), review, ReviewStatus.CANCELLED)


def decision_stages(action):
    """The same for what a review decided."""
    path = (ReviewActionStatus.DRAFT, ReviewActionStatus.OPEN, ReviewActionStatus.DONE, ReviewActionStatus.ACCEPTED)
    return _along(path, action, ReviewActionStatus.DROPPED)


def audit_stages(audit):
    """The same of an audit: planned to closed, or where it was cancelled."""
    return _along(AUDIT_PATH, audit, AuditStatus.CANCELLED)


def _along(path, record, ended):
    if record.status == ended:
        return [_stage(path[0].label, "past"), _stage(ended.label, "stop", is_here=True)]
    place = path.index(record.status)
    return [_stage(status.label, "past" if no < place else "now" if no == place else "next") for no, status in enumerate(path)]


def _stage(label, kind, *, is_here=False):
    return {"label": label, "kind": kind, "is_here": is_here}
