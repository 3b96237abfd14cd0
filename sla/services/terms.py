"""Everything that the words of a version are made of, read at once."""

from dataclasses import dataclass

from itsm.people.models import Organisation
from sla.models import AgreementVersion
from sla.services.promises import newest_calendars


@dataclass(frozen=True)
class Read:
    """A version with its targets in order, the newest version of every calendar it names by the calendar's id, and our own company."""

    version: AgreementVersion
    targets: tuple
    hours: dict
    own: Organisation | None


def read_terms(version):
    """Read what `sla.wording` needs of a version whose agreement is loaded; four queries."""
    targets = tuple(version.targets.select_related("calendar").order_by("tier", "priority", "metric"))
    named = {t.calendar_id for t in targets} | {version.service_calendar_id, version.maintenance_calendar_id} - {None}
    own = Organisation.objects.filter(kind=Organisation.Kind.OWN).first()
    return Read(version, targets, newest_calendars(named - {None}), own)
