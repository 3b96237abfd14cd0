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
    services = _services(ids)
    return [_row(changes[pk], services[pk], *fact) for pk, *fact in [*_carried_out(changes, at), *_decided(changes)]]


def _services(ids):
    found = defaultdict(list)
    rows = Change.services.through.objects.filter(change__in=ids).order_by("service_id")
    for change, service in rows.values_list("change_id", "service_id"):
        found[change].append(service)
    return found


def _carried_out(changes, at):
    """`(change id, kind, source id, when, outcome, marks, lengths)` of those whose work ended."""
    for month in _months(change.finished_at for change in changes.values()):
        for judged in outcomes.listed(Scope(Period(month, month)), at, "implemented"):
            if change := changes.get(judged.change_id):
                yield change.pk, CARRIED_OUT, change.pk, change.finished_at, *_outcome(change, judged), []


def _decided(changes):
    """The same of their approvals before the change."""
    rounds = {one.pk: one for one in ApprovalRound.objects.filter(change__in=changes, closed_at__isnull=False).defer("document")}
    for month in _months(one.closed_at for one in rounds.values()):
        for pk, worked, wall in timing.listed_leads(Scope(Period(month, month))):
            if one := rounds.get(pk):
                yield one.change_id, DECIDED, pk, one.closed_at, str(one.outcome), _late(worked, wall), [round(worked), round(wall)]


def _months(instants):
    """The first days of the company's months of some instants, in order."""
    return sorted({company_day(instant).replace(day=1) for instant in instants if instant})


def _row(change, services, kind, source, at, outcome, marks, lengths):
    day = at.astimezone(ZoneInfo(company_zone())).date()
    return ChangeRow(
        kind, source, day.replace(day=1), day, at, outcome, marks, lengths, change.pk, change.tier or "", change.category, services
    )  # fmt: skip


def _outcome(change, judged):
    """`(outcome, marks)` of a change carried out."""
    marks = (EMERGENCY if change.kind == Kind.EMERGENCY else 0) | (STANDARD if change.kind == Kind.STANDARD else 0)
    return SUCCESSFUL if judged.successful else UNSUCCESSFUL, marks | (BACKED_OUT if judged.backed_out else 0)


def _late(worked, wall):
    return (OVER_TARGET if worked > TARGET_S else 0) | (OVER_TARGET_WALL if wall > TARGET_S else 0)
