"""Which incidents a change may have caused, and which changes an incident: proposals that people confirm or deny.

An incident is proposed when it was reported between the start of a change and seven days after its end, on the items of the change or
anything that hangs on them; or, when it names no item, on a service that the change touches.
"""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, Func, OuterRef, Q, Value

from catalog import structure
from catalog.models import ConfigurationItem
from changes import consequences
from changes.consequences import WITHIN
from changes.models import Change
from changes.services import scope
from incidents.models import Incident, NotCaused
from incidents.models.incident import PREFIX
from itsm.core.numbering import shown

MOST = 20
"""Proposals that one page shows."""
LISTED = 200
"""Items that are offered for choosing; any other is typed."""


def register():
    """Tell the figures of changes what they caused."""
    consequences.register(consequences.Source(causes, caused))


def causes():
    """(change id, when it was reported) of every incident that a change caused."""
    return Incident.objects.exclude(caused_by=None).order_by().values("caused_by_id", "contacted_at")


def caused(ids):
    """`{change id: [Shown]}` of the incidents that these changes caused, the oldest first; one query."""
    found = {}
    rows = Incident.objects.filter(caused_by__in=ids).order_by("contacted_at", "id").values_list("caused_by_id", "number", "title")
    for change_id, number, title in rows:
        name = shown(PREFIX, number)
        found.setdefault(change_id, []).append(consequences.Shown(name, title, Incident(number=number).get_absolute_url()))
    return found


def perhaps_caused(change):
    """Incidents that a change may have caused and about which nobody has said anything; a fixed number of queries."""
    if change.started_at is None:
        return Incident.objects.none()
    items = list(change.items.values_list("pk", flat=True))
    named = Q(configuration_item__in=structure.beneath(items)) if items else Q(pk__in=[])
    about = named | Q(configuration_item=None, service__in=scope.services_concerned(change))
    rows = Incident.objects.filter(about, caused_by=None, contacted_at__gte=change.started_at)
    if change.finished_at is not None:
        rows = rows.filter(contacted_at__lte=change.finished_at + WITHIN)
    return rows.filter(~Exists(NotCaused.objects.filter(incident=OuterRef("pk"), change=change)))


def perhaps_caused_by(incident):
    """Changes that may have caused an incident and about which nobody has said anything. Three queries at most."""
    if incident.caused_by_id is not None:
        return Change.objects.none()
    if incident.configuration_item_id is not None:
        about = Q(items__in=structure.above([incident.configuration_item_id]))
    else:
        own = ConfigurationItem.objects.filter(service=incident.service_id).values_list("pk", flat=True).first()
        about = Q(services=incident.service_id) | Q(items__in=structure.behind(own) if own else [])
    period = Func("started_at", "finished_at", Value("[]"), function="tstzrange", output_field=DateTimeRangeField())
    asked = DateTimeTZRange(incident.contacted_at - WITHIN, incident.contacted_at, "[]")
    denied = NotCaused.objects.filter(change=OuterRef("pk"), incident=incident)
    rows = Change.objects.filter(started_at__isnull=False).annotate(period=period).filter(~Exists(denied), period__overlap=asked)
    return rows.filter(pk__in=Change.objects.filter(about).order_by().values("pk")).order_by("-started_at", "-id")


def items_of(incident):
    """The items in use that its service hangs on, by code, for choosing one; three queries."""
    own = ConfigurationItem.objects.filter(service=incident.service_id).values_list("pk", flat=True).first()
    return ConfigurationItem.objects.living().filter(pk__in=structure.behind(own) if own else []).order_by("code")[:LISTED]
