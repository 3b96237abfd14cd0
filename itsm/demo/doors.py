"""The demo's front door: who may be walked in as, and walking in. There is none outside the demo."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from itsm.demo.cast import COLLEAGUES
from itsm.people.models import Person


@dataclass(frozen=True)
class DemoRole:
    """One button of the sign-in page, in the reader's language."""

    person: Person
    post: str
    tries: str

    @property
    def username(self):
        """Who the button signs in."""
        return self.person.username


def roles():
    """The colleagues of the demo company that exist and may sign in, in the order of the cast; none outside the demo."""
    if not settings.DEMO:
        return []
    people = {person.username: person for person in Person.objects.filter(username__in=[c.username for c in COLLEAGUES], is_active=True)}
    place = 0 if (get_language() or "").startswith("zh") else 1
    return [DemoRole(people[c.username], c.post[place], c.tries[place]) for c in COLLEAGUES if c.username in people]
