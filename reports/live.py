"""What is open now, in the scope of a page: whatever the period says, this is this moment."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Case, Count, DateTimeField, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When

from incidents.filters import promise_broken
from incidents.models import Incident, Status
from incidents.models.incident import HELD, WEIGHTS
from incidents.views.listing import SOON, with_faces
from itsm.people.models import Person
from reports.links import LIVE
from sla.models import CUSTOMER_FACING, ClockFire, ClockState

SHOWN = 6
NEAR = "90"
"""The step of the ladder after which something is about to break."""


class Oldest(Aggregate):
    """The instants that half, a tenth and none of all are older than, as an array."""

    function = "percentile_disc"
    template = "percentile_disc(ARRAY[0.5, 0.9, 1.0]) WITHIN GROUP (ORDER BY %(expressions)s DESC)"
    output_field = ArrayField(DateTimeField())


def open_now(scope, person):
    """The open incidents of a scope that somebody may see."""
    asked = {name: value for name, value in scope.query.items() if name in LIVE}
    return Incident.objects.visible_to(person).open().filter(**asked)


def counts(scope, person, at):
    """`{priority: counts}` of what is open, and the ages in seconds that half, 9 of 10 and all of them are within; one query."""
    found = open_now(scope, person).order_by().values("priority").annotate(
        open=Count("*"), overdue=Count("status", filter=Q(next_due_at__lt=at)), due=Count("status", filter=Q(next_due_at__lt=at + SOON)),
        unassigned=Count("status", filter=Q(status=Status.NEW)), broken=Count("status", filter=promise_broken()),
        contacted=Oldest("contacted_at"),
    )  # fmt: skip
    return {line["priority"]: _told(line, at) for line in found.order_by("priority")}


def _told(line, at):
    ages = [max(timedelta(0), at - instant).total_seconds() for instant in line["contacted"]]
    kept = {name: line[name] for name in ("open", "overdue", "unassigned", "broken")}
    return kept | {"soon": line["due"] - line["overdue"], "half": ages[0], "nine": ages[1], "oldest": ages[2]}


def total(counted):
    """The same over all priorities."""
    names = ("open", "overdue", "soon", "unassigned", "broken")
    found = {name: sum(line[name] for line in counted.values()) for name in names}
    return found | {"oldest": max((line["oldest"] for line in counted.values()), default=0)}


def breaking(scope, person, at):
    """`[(incident, Face)]` of those that run out first; two queries."""
    return with_faces(open_now(scope, person).exclude(next_due_at=None).listed().breaches_first()[:SHOWN], at)


def burdened(scope, person, at):
    """`[counts with "person"]` of those who hold incidents of the scope's team, with all they hold, those in need first; one query."""
    held = Incident.objects.visible_to(person).filter(status__in=HELD, assignee__isnull=False)
    if scope.team:
        held = held.filter(assignee__in=held.filter(team=scope.team).order_by().values("assignee"))
    weight = Case(*[When(priority=priority, then=Value(points)) for priority, points in WEIGHTS.items()], output_field=IntegerField())
    lines = held.order_by().values("assignee", name=F("assignee__name"), capacity=F("assignee__capacity")).annotate(
        load=Sum(weight), number=Count("*"), overdue=Count("status", filter=Q(next_due_at__lt=at)),
        near=Count("status", filter=Q(next_due_at__gte=at) & Exists(_near())),
    )  # fmt: skip
    ordered = sorted(lines, key=lambda line: (-_is_over(line), -line["overdue"], -line["near"], -_share(line)))
    return [line | {"person": _person(line), "share": _share(line), "over": _is_over(line)} for line in ordered]


def _person(line):
    """Somebody with what a row shows of them."""
    return Person(pk=line["assignee"], name=line["name"])


def _is_over(line):
    return line["load"] > line["capacity"]


def _share(line):
    return 100 * line["load"] / line["capacity"]


def _near():
    """A running clock of an incident that has passed 90 % and is not broken yet."""
    return ClockFire.objects.filter(
        clock__content_type=ContentType.objects.get_for_model(Incident), clock__object_id=OuterRef("pk"), clock__state=ClockState.RUNNING,
        clock__metric__in=CUSTOMER_FACING, clock__breached_at=None, clock__generation=F("generation"), step=NEAR,
    )  # fmt: skip
