"""Carrying out: begun only when it may begin, ticked step by step, ended or taken back (8.5.1)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from changes import services
from changes.models import Booking, Status, StepRun
from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from tests import cast
from tests.changes.carrying import MINUTE, OPENS, begun, decide_all, done, fresh, ticked
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(submitted, company):
    """`ready(risk, **fields)`: a change that everybody approved and that has its place in the schedule."""

    def made(risk="low", **fields):
        return decide_all(submitted(risk, **fields), company)

    return made


def raw(sentence, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence, values)


def test_it_begins_in_its_window_and_not_before_or_after(ready, doer):
    change = ready()
    for at in (OPENS - MINUTE, OPENS + timedelta(hours=2)):
        with pytest.raises(Refused, match="window"):
            services.start(change, by=doer, at=at)
    change = services.start(change, by=doer, at=OPENS)
    assert (change.status, change.started_at) == (Status.IMPLEMENTING, OPENS)


def test_only_who_carries_it_out_or_answers_for_changes_begins(ready, doer, asker, engineer):
    manager = cast.staff("changes", "change_manager")
    change = ready()
    for person in (asker, engineer):
        with pytest.raises(NotAllowed):
            services.start(change, by=person, at=OPENS)
    assert services.start(change, by=manager, at=OPENS).status == Status.IMPLEMENTING


def test_who_approved_it_neither_begins_it_nor_ticks(ready, doer, service_manager):
    change = ready("high")
    with pytest.raises(NotAllowed, match="approved"):
        services.start(change, by=service_manager, at=OPENS)
    services.start(change, by=doer, at=OPENS)
    with pytest.raises(NotAllowed, match="approved"):
        services.begin_step(change, by=service_manager, no=1, at=OPENS)
    services.begin_step(change, by=doer, no=1, at=OPENS)


def test_what_is_not_what_was_approved_does_not_begin(ready, doer):
    change = ready()
    raw("UPDATE changes_change SET back_out_plan = 'None.' WHERE id = %s", change.pk)
    with pytest.raises(Refused, match="not what was approved"):
        services.start(change, by=doer, at=OPENS)
    raw("UPDATE changes_change SET back_out_plan = 'Boot the former image.' WHERE id = %s", change.pk)
    services.start(change, by=doer, at=OPENS)


@pytest.mark.parametrize("status", ["implementing", "implemented"])
def test_a_direct_write_does_not_start_it(submitted, status):
    change = submitted()
    with pytest.raises(DatabaseError):
        raw("UPDATE changes_change SET status = %s, started_at = now() WHERE id = %s", status, change.pk)


def test_steps_are_ticked_in_order_and_once(ready, doer):
    change = begun(ready(), doer)
    with pytest.raises(Refused, match="Step 1 comes first"):
        services.begin_step(change, by=doer, no=2, at=OPENS)
    services.begin_step(change, by=doer, no=1, at=OPENS)
    with pytest.raises(Refused, match="has begun step 1 already"):
        services.begin_step(change, by=doer, no=1, at=OPENS)
    with pytest.raises(Refused, match="Begin step 2 first"):
        services.end_step(change, by=doer, no=2, result="done", at=OPENS)
    run = services.end_step(change, by=doer, no=1, result="done", at=OPENS + 25 * MINUTE)
    assert (run.started_at, run.finished_at, run.by, run.ended_by) == (OPENS, OPENS + 25 * MINUTE, doer, doer)
    with pytest.raises(Refused, match="ended already"):
        services.end_step(change, by=doer, no=1, result="failed", remark="No.", at=OPENS + 26 * MINUTE)
    services.begin_step(change, by=doer, no=2, at=OPENS + 26 * MINUTE)


@pytest.mark.parametrize("no", [0, 3, 99])
def test_a_step_that_the_plan_does_not_have_is_refused(ready, doer, no):
    change = begun(ready(), doer)
    with pytest.raises(Refused, match="has no step"):
        services.begin_step(change, by=doer, no=no, at=OPENS)


def test_a_step_that_failed_or_was_skipped_needs_words(ready, doer):
    change = begun(ready(), doer)
    for result in ("failed", "skipped"):
        with pytest.raises(Refused, match="needs words"):
            services.end_step(change, by=doer, no=1, result=result, at=OPENS)
    services.end_step(change, by=doer, no=1, result="skipped", remark="Node 1 is gone.", at=OPENS)
    assert StepRun.objects.get().result == "skipped"


def test_it_is_implemented_when_every_step_has_an_end(ready, doer):
    change = ticked(begun(ready(), doer), doer, until=1)
    with pytest.raises(Refused, match="Step 2 has no end yet"):
        services.implement(change, by=doer, at=OPENS + 5 * MINUTE)
    services.end_step(change, by=doer, no=2, result="skipped", remark="Not needed.", at=OPENS + 5 * MINUTE)
    change = services.implement(change, by=doer, at=OPENS + 6 * MINUTE)
    assert (change.status, change.finished_at, change.review_due) == (Status.IMPLEMENTED, OPENS + 6 * MINUTE, False)


@pytest.mark.parametrize(
    ("risk", "results", "minutes", "why"),
    [
        ("low", (), 5, []), ("high", (), 5, ["high_risk"]), ("low", ("failed",), 5, ["failed_step"]),
        ("medium", (), 121, ["outside_window"]),
    ],
)  # fmt: skip
def test_what_has_to_be_looked_back_on(ready, doer, risk, results, minutes, why):
    change = ticked(begun(ready(risk), doer), doer, *results)
    change = services.implement(change, by=doer, at=OPENS + minutes * MINUTE)
    assert change.review_due == bool(why)
    assert StepTaken.objects.get(step="implement").details == {"review_why": why}


def test_backing_out_needs_words_ends_the_running_step_and_is_looked_back_on(ready, doer):
    change = begun(ready(), doer)
    services.begin_step(change, by=doer, no=1, at=OPENS)
    with pytest.raises(Refused, match="Say why"):
        services.back_out(change, by=doer, reason=" ", at=OPENS)
    change = services.back_out(change, by=doer, reason="It does not boot.", at=OPENS + MINUTE)
    assert (change.status, change.review_due) == (Status.BACKED_OUT, True)
    assert StepRun.objects.values_list("result", "remark").get() == ("failed", "It does not boot.")
    assert StepTaken.objects.get(step="back_out").reason == "It does not boot."


def test_what_was_implemented_can_still_be_taken_back(ready, doer):
    change = done(ready(), doer)
    change = services.back_out(change, by=doer, reason="It broke at noon.", at=OPENS + 60 * MINUTE)
    assert (change.status, change.items_confirmed_at) == (Status.BACKED_OUT, None)


def test_the_slot_is_given_back_when_the_work_is_over(ready, doer):
    change = done(ready(), doer)
    assert not Booking.objects.filter(change=change, active=True).exists()


def test_what_is_under_way_is_not_edited(ready, doer, asker):
    change = begun(ready(), doer)
    with pytest.raises(Refused, match="under way"):
        services.edit(change, by=asker, at=OPENS, back_out_plan="None.")


def test_runs_never_change_once_ended(ready, doer):
    change = ticked(begun(ready(), doer), doer, until=1)
    for sentence in (
        "UPDATE changes_steprun SET result = 'failed', remark = 'x' WHERE change_id = %s",
        "DELETE FROM changes_steprun WHERE change_id = %s",
    ):
        with pytest.raises(DatabaseError):
            raw(sentence, change.pk)
    run = services.begin_step(change, by=doer, no=2, at=OPENS)
    with pytest.raises(DatabaseError):
        raw("UPDATE changes_steprun SET started_at = now() WHERE id = %s", run.pk)


def test_the_customer_hears_of_what_they_approved(ready, doer, representative, asker):
    change = ready("high")
    ticked(begun(change, doer), doer)
    services.implement(change, by=doer, at=OPENS + 5 * MINUTE)
    told = Notice.objects.filter(person=representative).values_list("kind", flat=True)
    assert {"changes.begun_customer", "changes.ended_customer"} <= set(told)
    assert Notice.objects.filter(person=asker, kind="changes.ended").count() == 1


def test_the_customer_is_not_bothered_with_what_they_do_not_notice(ready, doer, representative):
    done(ready(), doer)
    assert not Notice.objects.filter(person=representative).exists()


def test_a_worker_that_dies_between_leaves_nothing_half_done(ready, doer, monkeypatch):
    change = begun(ready(), doer)
    ticked(change, doer)

    def dies(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("changes.services.doing.scheduling.finish", dies)
    with pytest.raises(KeyboardInterrupt):
        services.implement(change, by=doer, at=OPENS + 5 * MINUTE)
    assert fresh(change).status == Status.IMPLEMENTING
    assert not StepTaken.objects.filter(step="implement").exists()
    monkeypatch.undo()
    services.implement(change, by=doer, at=OPENS + 5 * MINUTE)


@pytest.mark.django_db(transaction=True)
def test_two_who_tick_at_once_tick_once(ready, doer):
    change = begun(ready(), doer)
    manager = cast.staff("changes", "change_manager")
    answers = at_once(*(lambda who=who: services.begin_step(change, by=who, no=1, at=OPENS) for who in (doer, manager)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "StepRun"]
    answers = at_once(*(lambda who=who: services.end_step(change, by=who, no=1, result="done", at=OPENS) for who in (doer, manager)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "StepRun"]


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_begin_once(ready, doer):
    change = ready()
    answers = at_once(*(lambda: services.start(change, by=doer, at=OPENS) for _ in range(2)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Change", "Refused"]
    assert StepTaken.objects.filter(step="start").count() == 1


def test_what_was_not_begun_is_not_implemented(ready, doer):
    with pytest.raises(Refused, match="not possible"):
        services.implement(ready(), by=doer, at=OPENS)
