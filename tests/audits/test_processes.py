"""Processes: the framework's data fit together, owners are dated and never overwritten, gaps show."""

import shutil
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import IntegrityError, InternalError

from audits import framework, services
from audits.models import Process, ProcessOwner
from audits.views.processes import rows_at
from itsm.core.errors import NotAllowed, Refused
from itsm.people import services as people
from tests.audits.records import AT, DAY

TODAY = AT.date()


def test_the_data_are_those_of_one_edition_and_whole():
    assert framework.edition().year == 2018
    listed = [process for process in framework.processes().values() if process.listed]
    assert len(listed) == 13
    mapped = {number for process in framework.processes().values() for number in process.clauses}
    assert mapped == set(framework.clauses())
    assert {p.code for p in framework.processes().values() if p.critical} == {"incident", "change", "problem", "service-level"}


def test_what_companies_lists_leave_out_is_named():
    missing = {number for p in framework.processes().values() if not p.listed for number in p.clauses}
    assert {"8.4.1", "8.4.2", "8.4.3", "8.6.2", "8.5.2", "8.2.4", "8.2.3", "7.6", "8.2.5"} <= missing


CROOKED = [
    ('clauses = ["8.6.3"]', 'clauses = ["8.6.9"]'), ('clauses = ["8.6.3"]', "clauses = []"), ("year = 2018", "year = 2011"),
    ("critical", "crucial"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), CROOKED)
def test_data_that_do_not_fit_are_refused(tmp_path, old, new):
    folder = shutil.copytree(framework.DATA, tmp_path / "data")
    told = folder / "processes.toml"
    told.write_text(told.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(framework.Malformed):
        framework.read(folder)


def test_a_clause_without_a_question_is_refused(tmp_path):
    folder = shutil.copytree(framework.DATA, tmp_path / "data")
    told = folder / "clauses.toml"
    told.write_text(told.read_text(encoding="utf-8").replace('title_en = "Incidents"', 'title_en = " "'), encoding="utf-8")
    with pytest.raises(framework.Malformed, match=r"8\.6\.1"):
        framework.read(folder)


@pytest.fixture
def process(db):
    return Process.objects.complete().get(code="incident")


@pytest.mark.django_db
def test_every_process_is_there_once(process):
    assert Process.objects.complete().count() == len(framework.processes())
    assert Process.objects.complete().count() == len(framework.processes())


def name(process, owner, by, **details):
    return services.name_owner(process, by=by, owner=owner, at=AT, **details)


@pytest.mark.django_db
def test_another_owner_ends_the_former_one_and_overwrites_nothing(process, engineer, other_engineer, agent, service_manager):
    first = name(process, engineer, service_manager, deputy=agent, first_on=TODAY - 30 * DAY)
    second = name(process, other_engineer, service_manager)
    first.refresh_from_db()
    assert (first.owner, first.deputy, first.last_on) == (engineer, agent, TODAY - DAY)
    assert (second.first_on, second.last_on) == (TODAY, None)
    assert [held.owner for held in ProcessOwner.objects.current(AT)] == [other_engineer]


@pytest.mark.django_db
def test_the_same_day_replaces_what_had_hardly_begun(process, engineer, other_engineer, service_manager):
    first = name(process, engineer, service_manager)
    assert name(process, engineer, service_manager) == first
    second = name(process, other_engineer, service_manager)
    first.refresh_from_db()
    assert first.withdrawn_at == AT
    assert list(ProcessOwner.objects.current(AT)) == [second]


@pytest.mark.django_db
def test_what_makes_no_sense_is_refused_in_a_sentence(process, engineer, contact, service_manager):
    for details in ({"owner": contact}, {"owner": engineer, "deputy": engineer}, {"owner": engineer, "deputy": contact}):
        with pytest.raises(Refused):
            services.name_owner(process, by=service_manager, at=AT, **details)
    name(process, engineer, service_manager)
    with pytest.raises(Refused):
        name(process, service_manager, service_manager, first_on=TODAY - 5 * DAY)
    assert ProcessOwner.objects.count() == 1


@pytest.mark.django_db
def test_who_names_owners(process, engineer, agent, auditor, service_manager, top_manager):
    for person in (engineer, agent, auditor):
        with pytest.raises(NotAllowed):
            name(process, engineer, person)
    name(process, engineer, service_manager, first_on=TODAY - DAY)
    assert name(process, agent, top_manager).named_by == top_manager


@pytest.mark.django_db
def test_the_database_keeps_one_owner_at_a_time_and_what_was_written(process, engineer, other_engineer, service_manager):
    held = name(process, engineer, service_manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcessOwner.objects.create(process=process, owner=other_engineer, valid=DateRange(TODAY + timedelta(days=3), None))
    with pytest.raises(InternalError, match="stays as it was written"), transaction.atomic():
        ProcessOwner.objects.filter(pk=held.pk).update(owner=other_engineer)


@pytest.mark.django_db
def test_who_leaves_owns_nothing_any_more(process, engineer, agent, service_manager):
    name(process, engineer, service_manager, deputy=agent, first_on=TODAY - 9 * DAY)
    people.leave(engineer, by=service_manager, at=AT)
    assert ProcessOwner.objects.get().last_on == TODAY
    assert not ProcessOwner.objects.current(AT + DAY).exists()


@pytest.mark.django_db
def test_gaps_are_named(process, engineer, service_manager):
    name(process, engineer, service_manager)
    rows = {row.process.code: row.gaps for row in rows_at(AT)}
    assert rows["incident"] == ["It has no deputy who is still here."]
    assert rows["capacity"] == ["Nobody owns it.", "It is not on the list of thirteen that companies copy.", "No rule tests it yet."]


@pytest.mark.django_db
def test_naming_on_the_page(client, process, engineer, service_manager, agent):
    client.force_login(service_manager, backend="itsm.people.backends.SignInBackend")
    said = {"owner": engineer.pk, "deputy": agent.pk, "first_on": "2026-10-01", "request_key": "k"}
    assert client.get("/processes/incident/owner/").status_code == 200
    for _time in range(2):
        assert client.post("/processes/incident/owner/", said).status_code == 302
    assert ProcessOwner.objects.get().deputy == agent
    assert client.post("/processes/incident/owner/", {**said, "deputy": engineer.pk, "request_key": "l"}).status_code == 422
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    assert client.get("/processes/incident/owner/").status_code == 403
