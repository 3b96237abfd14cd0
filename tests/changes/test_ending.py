"""The end: items confirmed, looked back on by somebody else, closed with what it came to, and never half done."""

import pytest
from django.db import DatabaseError, connection, transaction

from changes import services, signals
from changes.models import Result, Review, Status
from changes.services import ending
from itsm.core.errors import NotAllowed, Refused
from tests import cast
from tests.changes.carrying import MINUTE, OPENS, begun, decide_all, done, fresh, reviewed, ticked

pytestmark = pytest.mark.django_db
AT = OPENS + 60 * MINUTE


@pytest.fixture
def over(submitted, company, doer):
    """`over(*results, risk="low")`: implemented, its items confirmed."""

    def made(*results, risk="low", **fields):
        return done(decide_all(submitted(risk, **fields), company), doer, *results)

    return made


@pytest.fixture
def taken_back(submitted, company, doer):
    """`taken_back(risk="low")`: backed out, its items confirmed."""

    def made(risk="low"):
        change = begun(decide_all(submitted(risk), company), doer)
        services.back_out(change, by=doer, reason="It hung.", at=OPENS + MINUTE)
        return services.confirm_items(change, by=doer, at=OPENS + 2 * MINUTE)

    return made


@pytest.fixture
def heard():
    """Every change that was announced as closed."""
    found = []

    def hear(sender, change, **_more):
        found.append(change.pk)

    signals.closed.connect(hear)
    yield found
    signals.closed.disconnect(hear)


def test_a_small_change_that_went_well_is_closed_without_a_review(over, asker, heard):
    change = services.close(over(), by=asker, result="successful", at=AT)
    assert (change.status, change.result, change.closed_at) == (Status.CLOSED, "successful", AT)
    assert heard == [change.pk]


def test_what_must_be_looked_back_on_is_not_closed_before(over, asker, engineer):
    change = over(risk="high")
    with pytest.raises(Refused, match="review"):
        services.close(change, by=asker, result="successful", at=AT)
    reviewed(change, engineer)
    services.close(change, by=asker, result="successful", at=AT)


def test_items_come_first(submitted, company, doer, asker):
    change = ticked(begun(decide_all(submitted(), company), doer), doer)
    services.implement(change, by=doer, at=OPENS + 5 * MINUTE)
    with pytest.raises(Refused, match="configuration items"):
        services.close(change, by=asker, result="successful", at=AT)
    services.confirm_items(change, by=doer, at=AT)
    services.close(change, by=asker, result="successful", at=AT)


def test_who_carried_it_out_does_not_judge_it(over, doer, engineer):
    change = over(risk="high")
    with pytest.raises(NotAllowed):
        reviewed(change, doer)
    assert reviewed(change, engineer).status == Status.REVIEW


def test_nor_does_who_ticked_a_step_of_it(submitted, company, doer, engineer):
    manager = cast.staff("changes", "change_manager")
    change = ticked(begun(decide_all(submitted("high"), company), doer), manager)
    services.implement(change, by=doer, at=OPENS + 5 * MINUTE)
    with pytest.raises(NotAllowed, match="carried out a step"):
        reviewed(change, manager)
    reviewed(change, engineer)


def test_items_can_still_be_confirmed_in_review(submitted, company, doer, engineer, asker):
    change = ticked(begun(decide_all(submitted("high"), company), doer), doer)
    services.implement(change, by=doer, at=OPENS + 5 * MINUTE)
    reviewed(change, engineer)
    services.confirm_items(change, by=doer, at=AT)
    services.close(change, by=asker, result="successful", at=AT)


@pytest.mark.parametrize("result", Result.values)
def test_what_was_taken_back_is_never_closed_as_successful(taken_back, engineer, asker, result):
    change = taken_back()
    fits = result in ("backed_out", "failed")
    if not fits:
        with pytest.raises(Refused, match="not how it ended"):
            reviewed(change, engineer, result)
    reviewed(change, engineer, result if fits else "backed_out")
    if fits:
        assert services.close(change, by=asker, result=result, at=AT).result == result
    else:
        with pytest.raises(Refused, match="not how it ended"):
            services.close(change, by=asker, result=result, at=AT)


@pytest.mark.parametrize(("results", "fit"), [((), {"successful", "with_issues", "failed"}), (("failed",), {"with_issues", "failed"})])
def test_what_a_result_has_to_agree_with(over, results, fit):
    assert set(ending.fitting(over(*results))) == fit


def test_it_is_not_closed_as_better_than_it_was_judged(over, engineer, asker):
    change = over(risk="high")
    reviewed(change, engineer, "with_issues")
    with pytest.raises(Refused, match="review judged"):
        services.close(change, by=asker, result="successful", at=AT)
    assert services.close(change, by=asker, result="with_issues", at=AT).result == "with_issues"


def test_backing_out_after_the_review_asks_for_another(over, engineer, doer, asker):
    change = over(risk="high")
    reviewed(change, engineer)
    change = services.back_out(change, by=doer, reason="It broke at noon.", at=AT)
    assert change.review == ""
    services.confirm_items(change, by=doer, at=AT)
    with pytest.raises(Refused, match="review"):
        services.close(change, by=asker, result="backed_out", at=AT)
    reviewed(change, engineer, "backed_out", at=AT)
    services.close(change, by=asker, result="backed_out", at=AT)
    assert Review.objects.filter(change=change).count() == 2


def test_only_who_has_to_do_with_it_closes_it(over, asker, engineer):
    change = over()
    with pytest.raises(NotAllowed):
        services.close(change, by=engineer, result="successful", at=AT)
    services.close(change, by=asker, result="successful", at=AT)


def _write(change, **fields):
    columns = ", ".join(f"{name} = %s" for name in fields)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE changes_change SET {columns} WHERE id = %s", [*fields.values(), change.pk])


def test_no_direct_write_closes_half_done(submitted, company, doer, engineer, taken_back, over):
    under_way = ticked(begun(decide_all(submitted("high"), company), doer), doer)
    services.implement(under_way, by=doer, at=OPENS + 5 * MINUTE)
    half = {"status": "closed", "result": "successful", "closed_at": AT}
    with pytest.raises(DatabaseError, match="items"):
        _write(under_way, **half)
    with pytest.raises(DatabaseError, match="review is due"):
        _write(under_way, items_confirmed_at=AT, **half)
    with pytest.raises(DatabaseError, match="review is due"):
        _write(under_way, items_confirmed_at=AT, review="Fine.", **half)
    backed_out = taken_back("high")
    reviewed(backed_out, engineer, "backed_out")
    with pytest.raises(DatabaseError, match="steps of its plan"):
        _write(backed_out, **half)
    assert fresh(backed_out).status == Status.REVIEW
    _write(backed_out, **{**half, "result": "backed_out"})


def test_reviews_never_change(over, engineer):
    reviewed(over(risk="high"), engineer)
    for act in (lambda: Review.objects.update(result="failed"), lambda: Review.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
