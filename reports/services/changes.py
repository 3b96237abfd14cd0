"""Facts about changes: what `changes.measures` says of them, kept so that a closed month stays as it was."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from changes.measures import Scope, outcomes, timing
from changes.measures.definitions import (
    BACKED_OUT,
    CARRIED_OUT,
    DECIDED,
    EMERGENCY,
    OVER_TARGET,
    OVER_TARGET_WALL,
    STANDARD,
    SUCCESSFUL,
    UNSUCCESSFUL,
)
from changes.measures.scope import tier
from changes.models import ApprovalRound, Change, Kind
from changes.period import Period
from itsm.people.zones import company_day, company_zone
from reports.services.keeping import ChangeRow

TARGET_S = timing.TARGET.total_seconds()


def change_rows(ids, at):
    """`[ChangeRow]` of these changes; their months are asked for whole, of each at most two statements."""
    changes = {change.pk: change for change in Change.objects.filter(pk__in=ids).annotate(tier=tier())}
    services = defaultdict(list)
    for change, service in (
        Change.services.through.objects.filter(change__in=ids).order_by("service_id").values_list("change_id", "service_id")
    ):
        services[change].append(service)
    rounds = {one.pk: one for one in ApprovalRound.objects.filter(change__in=ids, closed_at__isnull=False).defer("document")}
    done, decided = _months(change.finished_at for change in changes.values()), _months(one.closed_at for one in rounds.values())
    found = [
        _row(
            changes[judged.change_id],
            services,
            CARRIED_OUT,
            judged.change_id,
            changes[judged.change_id].finished_at,
            *_outcome(changes, judged),
        )
        for month in done
        for judged in outcomes.listed(Scope(Period(month, month)), at, "implemented")
        if judged.change_id in changes
    ]
    found += [
        _row(
            changes[rounds[pk].change_id],
            services,
            DECIDED,
            pk,
            rounds[pk].closed_at,
            str(rounds[pk].outcome),
            _late(worked, wall),
            [worked, wall],
        )
        for month in decided
        for pk, worked, wall in timing.listed_leads(Scope(Period(month, month)))
        if pk in rounds
    ]
    return found


def _months(instants):
    """The first days of the company's months of some instants, in order."""
    return sorted({company_day(instant).replace(day=1) for instant in instants if instant})


def _row(change, services, kind, source, at, outcome, marks, lengths):
    day = at.astimezone(ZoneInfo(company_zone())).date()
    lengths = [round(length) for length in lengths]
    return ChangeRow(
        kind,
        source,
        day.replace(day=1),
        day,
        at,
        outcome,
        marks,
        lengths,
        change.pk,
        change.tier or "",
        change.category,
        services[change.pk],
    )


def _outcome(changes, judged):
    """`(outcome, marks, lengths)` of a change carried out."""
    kind = changes[judged.change_id].kind
    marks = (EMERGENCY if kind == Kind.EMERGENCY else 0) | (STANDARD if kind == Kind.STANDARD else 0)
    return SUCCESSFUL if judged.successful else UNSUCCESSFUL, marks | (BACKED_OUT if judged.backed_out else 0), []


def _late(worked, wall):
    return (OVER_TARGET if worked > TARGET_S else 0) | (OVER_TARGET_WALL if wall > TARGET_S else 0)
