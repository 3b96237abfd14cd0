"""A status moves by steps only, whoever tries and however."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.forms import modelform_factory

from incidents import services
from incidents.api import IncidentSerializer
from incidents.models import Incident
from itsm.core.errors import Refused
from itsm.core.models import StepTaken

pytestmark = pytest.mark.django_db


def test_nobody_assigns_a_status(incident, ready, at):
    with pytest.raises(AttributeError):
        incident.status = "closed"
    assert incident.status == "assigned"
    incident.accept(by=ready, at=at)
    assert incident.status == "in_progress"


@pytest.mark.parametrize("load", [lambda rows: rows.defer("status"), lambda rows: rows.only("title"), lambda rows: rows.only("status")])
def test_nobody_assigns_a_status_that_was_not_loaded(incident, load):
    loaded = load(Incident.objects.filter(pk=incident.pk)).get()
    with pytest.raises(AttributeError):
        loaded.status = "closed"
    assert loaded.status == "assigned"
    with pytest.raises(AttributeError):
        loaded.status = "closed"


def test_a_new_record_gets_its_status_once():
    incident = Incident(status="resolved")
    with pytest.raises(AttributeError):
        incident.status = "new"
    assert incident.status == "resolved"


def test_a_reload_reads_the_status_and_protects_it_again(incident, ready, at):
    other = Incident.objects.get(pk=incident.pk)
    services.accept(other, by=ready, at=at)
    assert incident.status == "assigned"
    incident.refresh_from_db()
    assert incident.status == "in_progress"
    with pytest.raises(AttributeError):
        incident.status = "assigned"
    incident.refresh_from_db(fields=["status"])
    with pytest.raises(AttributeError):
        incident.status = "assigned"


def test_a_reload_that_fails_leaves_nothing_open(incident):
    gone = Incident.objects.get(pk=incident.pk)
    gone.pk = -1
    with pytest.raises(Incident.DoesNotExist):
        gone.refresh_from_db()
    for one in (gone, incident):
        with pytest.raises(AttributeError):
            one.status = "closed"


@pytest.mark.django_db(transaction=True)
def test_while_some_reload_nobody_else_gets_through(incident):
    reloading, through = Incident.objects.get(pk=incident.pk), []
    stop = threading.Event()

    def reload():
        try:
            while not stop.is_set():
                reloading.refresh_from_db()
        finally:
            connection.close()

    worker = threading.Thread(target=reload)
    worker.start()
    for _ in range(300):
        mine = Incident(status="new")
        try:
            mine.status = "closed"
        except AttributeError:
            continue
        through.append(mine)
    stop.set()
    worker.join(timeout=10)
    assert through == []


def test_forms_and_serializers_do_not_offer_the_status(incident):
    form_class = modelform_factory(Incident, exclude=["source"])
    assert "status" not in form_class.base_fields
    assert "steps_taken" not in form_class.base_fields
    form = modelform_factory(Incident, fields=["title"])({"title": "Other", "status": "closed"}, instance=incident)
    assert form.is_valid()
    assert form.save().status == "assigned"
    assert IncidentSerializer().fields["status"].read_only


def test_a_raw_update_is_refused_by_the_database(incident):
    for status in ("waiting_for_godot", "closed"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(status=status, closing_kind="phone" if status == "closed" else "")
    assert Incident.objects.filter(pk=incident.pk).update(status="in_progress") == 1


def test_a_refused_step_changes_and_keeps_nothing(incident, ready, at):
    before = dict(incident.__dict__)
    with pytest.raises(Refused):
        incident.reopen(by=ready, at=at)
    assert {k: v for k, v in incident.__dict__.items() if k != "_state"} == {k: v for k, v in before.items() if k != "_state"}
    incident.save()
    assert StepTaken.objects.about(incident).filter(step="reopen").count() == 0


def test_steps_are_written_with_the_save_and_once(incident, ready, at):
    before = StepTaken.objects.about(incident).count()
    incident.accept(by=ready, at=at, reason="mine")
    incident.resolve(by=ready, at=at, resolution="x", resolution_code="fixed")
    assert StepTaken.objects.about(incident).count() == before
    incident.save()
    incident.save()
    kept = [(s.step, s.source, s.target, s.by, s.reason, s.seq) for s in StepTaken.objects.about(incident)[before:]]
    assert kept == [
        ("accept", "assigned", "in_progress", ready, "mine", before + 1),
        ("resolve", "in_progress", "resolved", ready, "", before + 2),
    ]


def test_templates_cannot_take_a_step(incident):
    assert all(getattr(incident, name).alters_data for name in ("accept", "resolve", "close", "reopen", "wait"))
