"""A release's baseline in words: the items as they stood before it, and what has been another way since."""

from django.utils.translation import gettext as _

from catalog.models import ConfigurationItem, ItemStatus, ItemType, RelationKind
from catalog.updates import changed_details
from changes.services import releasing

PLAIN = {"name": "name", "type": "type", "status": "status", "description": "description"}
"""The model's field behind each plain value of a baseline."""


def rows(baseline):
    """The lines of a baseline as people read them: code, name, type, status, details and parents; one query."""
    words = _Words()
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "type": words.of("type", row["type"]),
            "status": words.of("status", row["status"]),
            "details": list(row["details"].items()),
            "parents": words.of("parents", row["parents"]),
        }
        for row in baseline or ()
    ]


def differences(release):
    """What is another way since: [(code, what, before, after)], all of it in words; one query."""
    words = _Words()
    found = []
    for code, name, before, after in releasing.differences(release):
        if name == "details":
            found += [(code, what, *values) for what, *values in changed_details(before, after)]
        else:
            found.append((code, words.heading(name), words.of(name, before), words.of(name, after)))
    return found


class _Words:
    """What the codes in a baseline stand for."""

    def __init__(self):
        self.known = {"type": {kind.code: kind.label() for kind in ItemType.objects.all()}, "status": dict(ItemStatus.choices)}

    def of(self, name, value):
        """A value in words; an empty one stays empty."""
        if name == "parents":
            return ", ".join(f"{dict(RelationKind.choices).get(kind, kind)} {code}" for kind, code in value or ())
        return str(self.known.get(name, {}).get(value, value or ""))

    def heading(self, name):
        """The name of a value."""
        if name == "parents":
            return _("Relations")
        return str(ConfigurationItem._meta.get_field(PLAIN[name]).verbose_name).capitalize() if name in PLAIN else name
