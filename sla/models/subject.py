"""What a clock asks of its record."""

from dataclasses import dataclass

from catalog.models import Service
from itsm.people.models import Organisation, Person, Team


@dataclass(frozen=True, slots=True)
class SlaSubject:
    """All that a clock asks of its record."""

    number: str
    title: str
    url: str
    assignee: Person | None
    team: Team | None
    customer: Organisation
    service: Service | None
    tier: str
