"""Agreements in a list: with the version in force and what is under way, chosen by kind and stage."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from sla.models import Agreement, AgreementKind, AgreementVersion
from sla.stages import Stage

STAGES = (Stage.IN_FORCE, Stage.DRAFT, Stage.OFFERED, Stage.NEGOTIATED, Stage.WAITING, Stage.ENDED)
"""What a list can be narrowed to; superseded is said of versions only."""


def agreements(person, at):
    """What somebody may see, each with `in_force` (number), `imported`, `under_way` (status) and `waiting` (number)."""
    versions = AgreementVersion.objects.filter(agreement=OuterRef("pk"))
    begun = versions.filter(published_at__isnull=False, effective_from__lte=at).order_by("-effective_from", "-no")
    ahead = versions.filter(published_at__isnull=False, effective_from__gt=at).order_by("effective_from")
    return Agreement.objects.visible_to(person).annotate(
        in_force=Subquery(begun.values("no")[:1]), imported=Subquery(begun.values("imported")[:1]),
        under_way=Subquery(versions.filter(published_at=None).values("status")[:1]), waiting=Subquery(ahead.values("no")[:1]),
    )  # fmt: skip


def at_stage(rows, stage):
    """Those of `agreements()` that are at a stage; "" gives all that have not ended."""
    if stage == Stage.ENDED:
        return rows.filter(ended_at__isnull=False)
    living = rows.filter(ended_at=None)
    if stage == Stage.IN_FORCE:
        return living.filter(in_force__isnull=False)
    if stage == Stage.WAITING:
        return living.filter(waiting__isnull=False)
    return living.filter(under_way=stage) if stage else living


def counts_by_kind(person):
    """`{kind: how many agreements have not ended}`; one query."""
    living = Agreement.objects.visible_to(person).living().order_by().values("kind").annotate(n=Count("pk"))
    return dict.fromkeys(AgreementKind.values, 0) | {line["kind"]: line["n"] for line in living}


def counts_by_stage(person, kind, at):
    """`{stage: how many agreements of a kind}`; one query."""
    versions = AgreementVersion.objects.filter(agreement=OuterRef("pk"))
    living = Q(ended_at=None)
    begun, ahead = versions.filter(published_at__isnull=False, effective_from__lte=at), versions.filter(effective_from__gt=at)
    asked = {
        Stage.IN_FORCE: living & Exists(begun),
        Stage.WAITING: living & Exists(ahead.filter(published_at__isnull=False)),
        Stage.ENDED: ~living,
    } | {stage: living & Exists(versions.filter(published_at=None, status=stage)) for stage in UNDER_WAY}
    mine = Agreement.objects.visible_to(person).filter(kind=kind).order_by()
    return mine.aggregate(**{str(stage): Count("pk", filter=condition) for stage, condition in asked.items()})


UNDER_WAY = (Stage.DRAFT, Stage.OFFERED, Stage.NEGOTIATED)
