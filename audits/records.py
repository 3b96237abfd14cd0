"""What pages and files call a record that a rule is about, and where it is shown."""

import dataclasses

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from audits.models import CorrectiveAction
from catalog.models import Entitlement, ItemUpdate
from itsm.people.models import Organisation

JOINED = {ItemUpdate: ("item__service",), Entitlement: ("service", "customer"), CorrectiveAction: ("finding",)}
"""What is loaded with records whose names stand on others."""


@dataclasses.dataclass(frozen=True)
class Place:
    """A record's number, its title and its address."""

    number: str
    title: str
    url: str


def loaded(model, ids):
    """`{id: record}`; one query."""
    rows = model._default_manager.order_by().filter(pk__in=ids)
    return {record.pk: record for record in rows.select_related(*JOINED.get(model, ()))}


def place(record):
    """The Place of a record of any sort."""
    special = PLACES.get(type(record))
    if special:
        return special(record)
    number = getattr(record, "shown_number", None) or getattr(record, "code", "")
    title = record.label() if hasattr(record, "label") else getattr(record, "title", "") or str(record)
    return Place(number, title, record.get_absolute_url())


def _of_update(update):
    return Place(update.item.code, update.item.label(), update.item.get_absolute_url())


def _of_entitlement(held):
    return Place(held.service.code, f"{held.service} · {held.customer}", held.service.get_absolute_url())


def _of_organisation(organisation):
    return Place(organisation.code, organisation.name, reverse("people:organisation", args=[organisation.pk]))


PLACES = {ItemUpdate: _of_update, Entitlement: _of_entitlement, Organisation: _of_organisation}


def placed(failures):
    """`[(failure, Place or None)]` of failures of one run; two queries at most, one for their sort and one for the records."""
    failures = list(failures)
    if not failures:
        return []
    model = ContentType.objects.get_for_id(failures[0].content_type_id).model_class()
    records = loaded(model, [failure.object_id for failure in failures]) if model else {}
    return [(f, place(records[f.object_id]) if f.object_id in records else None) for f in failures]
