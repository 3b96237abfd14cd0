"""How far a version has come, by its steps and by the days (D10). Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sla.models import VersionStatus


class Stage(models.TextChoices):
    """The life of a version; the last four follow from the days."""

    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Offered")
    NEGOTIATED = "negotiated", _("In negotiation")
    WAITING = "waiting", _("Accepted, waiting for its day")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    ENDED = "ended", _("Ended")


HUES = {
    Stage.DRAFT: "line", Stage.OFFERED: "accent", Stage.NEGOTIATED: "amber", Stage.WAITING: "accent", Stage.IN_FORCE: "green",
    Stage.SUPERSEDED: "line", Stage.ENDED: "line",
}  # fmt: skip
PATH = (VersionStatus.DRAFT, VersionStatus.OFFERED, VersionStatus.NEGOTIATED, VersionStatus.ACCEPTED)


def stages_of(agreement, versions, at):
    """`{version: Stage}` of all versions of an agreement at an instant."""
    begun = [v for v in versions if v.published_at and v.effective_from <= at]
    newest = max(begun, key=lambda v: (v.effective_from, v.no), default=None)
    return {version: _stage(agreement, version, newest, at) for version in versions}


def _stage(agreement, version, newest, at):
    ended = bool(agreement.ended_at and agreement.ended_at <= at)
    if version.published_at is None:
        return Stage.ENDED if ended else Stage(version.status)
    if version.effective_from > at:
        return Stage.ENDED if ended else Stage.WAITING
    if version != newest:
        return Stage.SUPERSEDED
    return Stage.ENDED if ended else Stage.IN_FORCE


def stepper(version, stage, walked):
    """The life cycle as the page draws it: `[{label, kind}]`; `walked` are the states that the version was in."""
    steps = [status for status in PATH if status in walked or status in (VersionStatus.DRAFT, VersionStatus.ACCEPTED)]
    now = len(steps) - 1 if stage == Stage.WAITING else steps.index(version.status) if version.published_at is None else len(steps)
    last = stage if stage in (Stage.SUPERSEDED, Stage.ENDED) else Stage.IN_FORCE
    labels = [VersionStatus(status).label for status in steps] + [last.label]
    return [{"label": label, "kind": _kind(place, now)} for place, label in enumerate(labels)]


def _kind(place, now):
    return "past" if place < now else "now" if place == now else "next"
