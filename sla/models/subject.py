"""What a clock asks of its record."""

from typing import Protocol

from catalog.models import Service
from itsm.people.models import Organisation, Person, Team


class SlaSubject(Protocol):
    """All that a clock asks of its record; what another row holds is loaded only when it is asked for."""

    number: str
    title: str
    url: str
    assignee: Person | None
    team: Team | None
    customer: Organisation
    service: Service | None
    tier: str
