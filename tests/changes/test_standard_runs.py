"""Standard changes: follow their model unchanged; one failure suspends it, and whoever waits for a run hears why it can't begin."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from changes import services
from changes.models import ModelStatus, StandardModel, Status
from changes.services import gate
from itsm.core.errors import Refused
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from tests import cast
from tests.changes.carrying import MINUTE, OPENS, approved_model, begun, done, fresh, reviewed, standard, ticked
from tests.changes.conftest import NOW
from tests.threads import at_once

pytestmark = pytest.mark.django_db
AT = OPENS + 60 * MINUTE
DUE = AT.date() + timedelta(days=300)


@pytest.fixture
def author(team):
    return cast.staff("author", "engineer", team=team, name="罗宁")


@pytest.fixture
def model(company, author, service_manager):
    return approved_model(author, service_manager)


@pytest.fixture
def run(model, asker, doer, service_manager):
    """`run()`: a run of the model that has its place in the schedule, beside others of the same person."""

    def made(*, at=NOW, **more):
        change = standard(model, asker, doer, at=at, **more)
        for conflict in [found for found in services.conflicts_of(change, at) if found.is_open]:
            services.override(change, by=service_manager, key=conflict.key, reason="One after the other.", at=at)
        return fresh(change)

    return made


def why(change):
    return StepTaken.objects.get(step="implement", object_id=change.pk).details["review_why"]


def test_it_runs_without_asking_anybody(run, doer, asker, engineer):
    change = done(run(), doer)
    assert change.rounds.count() == 0
    reviewed(change, engineer)
    assert services.close(change, by=asker, result="successful", at=AT).status == Status.CLOSED


def test_the_first_run_is_looked_back_on_the_next_is_not(run, doer):
    first, second = run(), run()
    assert done(first, doer).review_due
    assert why(first) == ["first_run"]
    assert not done(second, doer).review_due


def test_after_a_new_approval_the_next_run_is_the_first_again(run, doer, model, service_manager):
    done(run(), doer)
    model.rework(by=service_manager, at=AT)
    model.approve(by=service_manager, at=AT, review_due_on=DUE)
    model.save()
    later = AT + 60 * MINUTE
    assert done(run(at=AT, opens=later), doer, at=later).review_due


@pytest.mark.parametrize("how", ["failed step", "backed out", "failed at its close"])
def test_one_failure_suspends_the_model(run, doer, asker, engineer, model, author, service_manager, how):
    change = run()
    if how == "failed step":
        done(change, doer, "failed")
    elif how == "backed out":
        services.back_out(begun(change, doer), by=doer, reason="It hung.", at=OPENS + MINUTE)
    else:
        reviewed(done(change, doer), engineer, "failed")
        services.close(change, by=asker, result="failed", at=AT)
    model = StandardModel.objects.get(pk=model.pk)
    assert model.status == ModelStatus.SUSPENDED
    assert change.shown_number in model.suspended_why
    assert set(Notice.objects.filter(kind="changes.model_suspended").values_list("person", flat=True)) == {author.pk, service_manager.pk}


def test_another_run_that_waits_can_not_begin_and_says_why(run, doer, asker, model, service_manager):
    waiting, failing = run(), run()
    services.back_out(begun(failing, doer), by=doer, reason="It hung.", at=OPENS + MINUTE)
    with pytest.raises(Refused, match="model is not approved at present") as refused:
        services.start(waiting, by=doer, at=OPENS + 2 * MINUTE)
    assert failing.shown_number in str(refused.value.sentence)
    assert [str(sentence) for sentence in gate.obstacles(fresh(waiting), OPENS + 2 * MINUTE)] == [str(refused.value.sentence)]
    assert set(Notice.objects.filter(kind="changes.model_stops").values_list("person", flat=True)) == {asker.pk, doer.pk}
    with pytest.raises(DatabaseError, match="not everybody required"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE changes_change SET status = 'implementing', started_at = now() WHERE id = %s", [waiting.pk])
    model = StandardModel.objects.get(pk=model.pk)
    model.approve(by=service_manager, at=OPENS + 3 * MINUTE, review_due_on=DUE)
    model.save()
    services.start(waiting, by=doer, at=OPENS + 4 * MINUTE)


def test_a_run_under_way_goes_on(run, doer):
    going, failing = begun(run(), doer), begun(run(), doer)
    services.back_out(failing, by=doer, reason="It hung.", at=OPENS + MINUTE)
    ticked(going, doer)
    assert services.implement(going, by=doer, at=OPENS + 5 * MINUTE).status == Status.IMPLEMENTED


def test_steps_that_are_not_the_models_any_more_do_not_begin(run, doer, model):
    change = run()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE changes_standardmodel SET back_out_plan = 'None.' WHERE id = %s", [model.pk])
    with pytest.raises(Refused, match="not those of the model"):
        services.start(change, by=doer, at=OPENS)


def test_a_suspension_and_the_failure_stand_or_fall_together(run, doer, model, monkeypatch):
    change = begun(run(), doer)

    def dies(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("changes.services.doing.telling.managers", dies)
    with pytest.raises(KeyboardInterrupt):
        services.back_out(change, by=doer, reason="It hung.", at=OPENS + MINUTE)
    assert fresh(change).status == Status.IMPLEMENTING
    assert StandardModel.objects.get(pk=model.pk).status == ModelStatus.APPROVED


@pytest.mark.django_db(transaction=True)
def test_one_begins_while_another_fails_one_of_them_is_first(run, doer, model):
    waiting, failing = run(), begun(run(), doer)
    began, failed = at_once(
        lambda: services.start(waiting, by=doer, at=OPENS), lambda: services.back_out(failing, by=doer, reason="It hung.", at=OPENS)
    )
    assert failed.status == Status.BACKED_OUT
    assert StandardModel.objects.get(pk=model.pk).status == ModelStatus.SUSPENDED
    assert isinstance(began, Refused) or began.status == Status.IMPLEMENTING
