"""What stands beside the changes carried out: items changed without one, freezes broken, and what is still to be done."""

from django.db.models import Count, Min, Q

from catalog import structure
from catalog.models import ItemUpdate
from changes.models import Change, Override, Status
from changes.models.change import BOOKED, PREPARED

TO_DO = (*PREPARED, Status.AWAITING, Status.APPROVED, *BOOKED)
"""Asked for, and neither carried out nor given up."""
FREEZE = "freeze:"
"""How the key of an override begins that let a change into a freeze."""


def modifications(scope):
    """Updates of items in the period that no change allowed; with a service only those of the items that it hangs on, two queries more."""
    rows = ItemUpdate.objects.unauthorised().filter(scope.within("at"))
    if scope.service is not None:
        item = getattr(scope.service, "item", None)
        rows = rows.filter(item__in=structure.above([item.pk]) if item else [])
    return rows


def unauthorised(scope):
    """`{"updates", "unexplained", "items"}` of them. Tier and category say nothing about them: there is no change."""
    return modifications(scope).aggregate(
        updates=Count("pk"), unexplained=Count("pk", filter=Q(explained=None)), items=Count("item", distinct=True)
    )


def overrides(scope):
    """How changes of the scope were let into freezes in the period."""
    return Override.objects.filter(scope.of("change__"), scope.within("at"), key__startswith=FREEZE)


def freeze_overrides(scope):
    """`{"overrides", "changes"}`: how often, and how many changes; one query."""
    return overrides(scope).aggregate(overrides=Count("pk"), changes=Count("change", distinct=True))


def to_do(scope):
    """The backlog: changes of the scope that are still to be done, whenever they were asked for."""
    return Change.objects.filter(scope.of(), status__in=TO_DO)


def backlog(scope, at):
    """`(all, [(status, how many, the oldest asked for at)], how many are past their window)` as of now; one query."""
    past = Count("pk", filter=Q(ends_at__lt=at))
    found = {
        line["status"]: line
        for line in to_do(scope).order_by().values("status").annotate(number=Count("pk"), oldest=Min("raised_at"), past=past)
    }
    lines = [(status, found[status]["number"], found[status]["oldest"]) for status in TO_DO if status in found]
    return sum(number for _status, number, _oldest in lines), lines, sum(line["past"] for line in found.values())
