"""The trail names who acted in which act, and what is kept for good is kept for good."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from incidents import services
from incidents.models import Incident, Message
from itsm.core import trail
from itsm.core.models import StepTaken
from itsm.documents.models import Attachment
from itsm.links.models import Receipt
from itsm.people.models import Appointment, Organisation, Person, Team
from sla.models import ClockEvent, ClockFire

pytestmark = pytest.mark.django_db
APPEND_ONLY = [StepTaken, Message, Attachment, Receipt, ClockEvent, ClockFire]
TRACKED = [Incident, Person, Appointment, Organisation, Team]


def kept(incident):
    """`[(title, context)]` of the trail of an incident's row."""
    events = apps.get_model("incidents.IncidentEvent").objects.filter(pgh_obj_id=incident.pk).order_by("pgh_id")
    return [(event.title, event.pgh_context) for event in events]


def retitle(incident, title):
    incident.title = title
    incident.save()


def test_an_act_is_named_with_its_actor(incident, ready, at):
    services.resolve(incident, by=ready, resolution="x", resolution_code="fixed", at=at)
    _title, context = kept(incident)[-1]
    assert (context["by"], context["step"]) == (ready.pk, "resolve")


def test_a_nested_act_has_its_own_name_and_the_outer_returns(incident, agent, ready):
    with trail.acting(by=agent, step="outer", reason="because"), transaction.atomic():
        retitle(incident, "one")
        with trail.acting(by=ready, step="inner"):
            retitle(incident, "two")
        retitle(incident, "three")
    with trail.acting(by=None, step="sweep"), transaction.atomic():
        retitle(incident, "four")
    told = {title: (context["by"], context["step"], context.get("reason")) for title, context in kept(incident)[-4:]}
    assert told == {
        "one": (agent.pk, "outer", "because"), "two": (ready.pk, "inner", None), "three": (agent.pk, "outer", "because"),
        "four": (None, "sweep", None),
    }  # fmt: skip


def test_an_act_that_fails_gives_its_name_back(incident, agent, ready):
    with trail.acting(by=agent, step="outer"), transaction.atomic():
        with pytest.raises(ZeroDivisionError), trail.acting(by=ready, step="inner"):
            raise ZeroDivisionError
        retitle(incident, "after")
    assert kept(incident)[-1][1]["step"] == "outer"


@pytest.mark.django_db(transaction=True)
def test_outside_an_act_nobody_is_named(incident):
    retitle(incident, "by whom?")
    assert not (kept(incident)[-1][1] or {}).get("by")


def refuses(sql, parameters=()):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.fixture
def history(resolved, ready, agent, requester, settings, tmp_path, at):
    """An incident that left something in most of the tables that only grow."""
    settings.STATE_DIR = tmp_path
    services.note(resolved, by=ready, body="x", at=at)
    return resolved


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_what_only_grows_refuses_change_removal_and_emptying(history, model):
    table = model._meta.db_table
    refuses(f"TRUNCATE {table} CASCADE")
    row = model.objects.order_by("pk").first()
    if row is not None:
        column = next(field.column for field in model._meta.fields if not field.primary_key)
        refuses(f"UPDATE {table} SET {column} = {column} WHERE {model._meta.pk.column} = %s", [row.pk])
        refuses(f"DELETE FROM {table} WHERE {model._meta.pk.column} = %s", [row.pk])
    assert model.objects.exists() == (row is not None)


def trails():
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model") and model._meta.managed]


def test_every_trail_refuses_change_and_removal(history):
    assert len(trails()) >= 8
    for model in trails():
        table = model._meta.db_table
        row = model.objects.first()
        if row is not None:
            refuses(f"UPDATE {table} SET pgh_label = 'x' WHERE pgh_id = %s", [row.pk])
            refuses(f"DELETE FROM {table} WHERE pgh_id = %s", [row.pk])


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_records_refuse_removal_and_emptying(history, team_lead, model):
    table = model._meta.db_table
    refuses(f"TRUNCATE {table} CASCADE")
    refuses(f"DELETE FROM {table} WHERE {model._meta.pk.column} = %s", [model.objects.order_by("-pk").first().pk])


def test_every_trail_refuses_emptying(history):
    naked = []
    for model in trails():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
                transaction.set_rollback(True)
        except DatabaseError:
            continue
        naked.append(model._meta.db_table)
    assert naked == []
