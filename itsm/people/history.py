"""What the trail says about a person: who changed what, newest first."""

import dataclasses
import datetime

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from itsm.people.models import Appointment, Person

QUIET = {"availability_since", "withdrawn_at", "forgotten_at"}
STEPS = {
    "add_person": _("added"),
    "edit": _("changed"),
    "welcome": _("chose a password"),
    "set_availability": _("availability"),
    "leave": _("left"),
    "_finish_leave": _("left"),
    "forget": _("personal data blanked"),
    "appoint": _("appointed"),
    "end_appointment": _("appointment ended"),
}


@dataclasses.dataclass(frozen=True)
class Entry:
    """One change: when, by whom (None is the system), which act, why, and the fields with old and new value."""

    at: datetime.datetime
    by: Person | None
    act: str
    reason: str
    changes: list


def entries(person, limit=20):
    """Return the newest changes of a person's own row and appointments; three queries."""
    rows = [*_rows(Person, {"pgh_obj_id": person.pk}, limit), *_rows(Appointment, {"person_id": person.pk}, limit)]
    rows.sort(key=lambda row: row[0].pgh_created_at, reverse=True)
    by = Person.objects.in_bulk({row.pgh_context["by"] for row, _before in rows[:limit] if (row.pgh_context or {}).get("by")})
    return [_entry(row, before, by) for row, before in rows[:limit]]


def _rows(model, which, limit):
    """Return the newest trail rows of a model, each with the row before it of the same record."""
    event = apps.get_model("people", f"{model.__name__}Event")
    newest = list(event.objects.filter(**which).order_by("-pgh_id")[: limit + 1])
    earlier = {}
    paired = []
    for row in reversed(newest):
        paired.append((row, earlier.get(row.pgh_obj_id)))
        earlier[row.pgh_obj_id] = row
    return paired if len(newest) <= limit else paired[1:]


def _entry(row, before, by):
    context = row.pgh_context or {}
    step = context.get("step", "")
    return Entry(row.pgh_created_at, by.get(context.get("by")), STEPS.get(step, step), context.get("reason", ""), _changes(row, before))


def _changes(row, before):
    """Return `(label, old, new)` of the fields that differ; a first row shows nothing, it is all new."""
    if before is None:
        return []
    fields = [f for f in row._meta.concrete_fields if not f.name.startswith("pgh_") and f.name not in {"id", *QUIET}]
    return [
        (field.verbose_name, _worded(before, field), _worded(row, field))
        for field in fields
        if getattr(before, field.attname) != getattr(row, field.attname)
    ]


def _worded(row, field):
    value = getattr(row, field.attname)
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, models.ForeignKey):
        return f"#{value}" if value else "–"
    return "–" if value in (None, "") else value
