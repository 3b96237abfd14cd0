"""Whom a visitor of the demo can be."""

from dataclasses import dataclass

from django.utils.translation import get_language

from itsm.demo.cast import COLLEAGUES
from itsm.people.models import Person


@dataclass(frozen=True)
class Role:
    """One line of the sign-in page: who, in which post, and what to try."""

    person: Person
    post: str
    tries: str

    @property
    def username(self):
        return self.person.username


def roles():
    """The colleagues that exist here, in the order of the cast; one query."""
    found = {person.username: person for person in Person.objects.active().filter(username__in=[c.username for c in COLLEAGUES])}
    english = int((get_language() or "").startswith("en"))
    return [Role(found[c.username], c.post[english], c.tries[english]) for c in COLLEAGUES if c.username in found]
