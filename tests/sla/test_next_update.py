"""The next update: each message of ours ends a cycle and opens the next; it waits only while the customer owes us something (D4)."""

import pytest

from incidents import services
from incidents.models import Incident
from itsm.core import clock as time
from sla import panels
from sla import services as sla
from sla.models import Clock, ClockEvent, Metric
from tests.sla.conftest import MONDAY, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def accepted(updates_promised, log, engineer):
    """An incident that the engineer accepted after ten minutes."""
    return services.accept(log(), by=engineer, at=minutes(10))


def updates(incident):
    return list(Clock.objects.about(incident).filter(metric=Metric.NEXT_UPDATE).order_by("cycle"))


def states(incident):
    return [(clock.cycle, clock.state, clock.outcome) for clock in updates(incident)]


def test_nothing_is_owed_before_our_first_message(updates_promised, log):
    assert updates(log()) == []


def test_the_first_message_opens_the_first_cycle_under_the_frozen_agreement(accepted, updates_promised):
    (cycle,) = updates(accepted)
    assert (cycle.cycle, cycle.state, cycle.due_at, cycle.target_s) == (1, "running", minutes(130), 7200)
    assert cycle.agreement_version == updates_promised
    assert accepted.next_due_at == minutes(130)
    assert sla.verify_clocks() == []


def test_each_further_message_ends_a_cycle_and_opens_the_next(accepted, engineer, agent):
    services.reply(accepted, by=engineer, body="Soon.", at=minutes(60))
    services.reply(accepted, by=agent, body="Still on it.", at=minutes(200))
    assert states(accepted) == [(1, "stopped", "met"), (2, "stopped", "breached"), (3, "running", "")]
    first, second, third = updates(accepted)
    assert (first.stopped_at, second.breached_at, third.contacted_at) == (minutes(60), minutes(180), MONDAY)
    assert Incident.objects.get(pk=accepted.pk).next_due_at == third.due_at
    assert sla.verify_clocks() == []


def test_notes_and_answers_are_no_updates(accepted, engineer, requester):
    services.note(accepted, by=engineer, body="x", at=minutes(20))
    services.answer(accepted, by=requester, body="Any news?", at=minutes(30))
    assert states(accepted) == [(1, "running", "")]


def test_without_a_target_for_it_no_clock_runs(agreement, log, engineer):
    incident = services.accept(log(), by=engineer, at=minutes(1))
    assert bool(updates(incident)) == agreement.targets.filter(metric=Metric.NEXT_UPDATE).exists()


def test_it_waits_while_the_customer_owes_us_something_and_goes_on_with_the_answer(accepted, engineer, requester):
    services.wait(accepted, by=engineer, reason="waiting_customer_info", body="Which browser?", at=minutes(40))
    assert states(accepted) == [(1, "stopped", "met"), (2, "paused", "")]
    assert sla.sweep(minutes(60 * 30)) == 0
    services.answer(accepted, by=requester, body="Firefox", at=minutes(100))
    assert updates(accepted)[1].due_at == minutes(60 * 4 + 40), "two hours from the answer, lunch left out"
    assert sla.verify_clocks() == []


@pytest.mark.parametrize("reason", ["force_majeure", "agreed_maintenance_window"])
def test_what_is_not_on_the_customers_side_lets_the_update_run(accepted, engineer, reason):
    services.wait(accepted, by=engineer, reason=reason, body="The street is closed.", at=minutes(40))
    assert states(accepted)[-1] == (2, "running", "")
    services.reply(accepted, by=engineer, body="Still closed.", at=minutes(60))
    assert states(accepted)[-1] == (3, "running", "")


def test_a_message_while_waiting_for_the_customer_opens_a_cycle_that_waits(accepted, engineer):
    services.wait(accepted, by=engineer, reason="waiting_customer_info", body="?", at=minutes(40))
    services.reply(accepted, by=engineer, body="We need it to go on.", at=minutes(50))
    assert states(accepted)[-1] == (3, "paused", "")
    assert updates(accepted)[-1].pause_reason == "waiting_customer_info"
    services.resume(accepted, by=engineer, at=minutes(60))
    assert states(accepted)[-1] == (3, "running", "")


def test_a_solution_ends_it_and_reopening_owes_a_new_one(accepted, engineer, agent):
    services.resolve(accepted, by=engineer, resolution="x", resolution_code="fixed", at=minutes(60))
    assert states(accepted) == [(1, "stopped", "met")]
    services.reply(accepted, by=engineer, body="By the way.", at=minutes(65))
    assert states(accepted) == [(1, "stopped", "met")]
    services.reopen(accepted, by=agent, reason="It is back.", at=minutes(70))
    assert states(accepted)[-1] == (2, "running", "")
    assert updates(accepted)[-1].due_at == minutes(250), "two hours, lunch left out"


def test_another_priority_moves_it_too(accepted, agent):
    services.reprioritise(accepted, by=agent, impact=1, urgency=2, reason="More.", at=minutes(20))
    assert (updates(accepted)[0].priority, updates(accepted)[0].due_at) == (2, minutes(70))


def test_what_is_still_open_at_the_close_is_cancelled(accepted):
    with time.at(minutes(30)):
        sla.close(accepted, by=None)
    assert states(accepted) == [(1, "cancelled", "")]
    assert sla.verify_clocks() == []


def test_closing_makes_every_cycle_final_in_as_many_statements_as_one(accepted, engineer, django_assert_num_queries):
    for n in range(12):
        services.reply(accepted, by=engineer, body="x", at=minutes(11 + n))
    with django_assert_num_queries(3):
        sla.solve(accepted, at=minutes(60), by=engineer)
    with django_assert_num_queries(3):
        sla.close(accepted, at=minutes(61), by=engineer)
    assert {clock.final_at for clock in updates(accepted)} == {minutes(61)}


def test_a_message_takes_five_statements_whether_the_first_or_the_twelfth(accepted, engineer, django_assert_num_queries):
    for n in range(12):
        with django_assert_num_queries(5):
            sla.spoke(accepted, at=minutes(11 + n), by=engineer)


def test_pages_show_the_newest_cycle_and_count_the_others(accepted, engineer, django_assert_num_queries):
    for n in range(5):
        services.reply(accepted, by=engineer, body="x", at=minutes(20 + n))
    services.reply(accepted, by=engineer, body="late", at=minutes(400))
    at = minutes(401)
    faces = sla.record_faces(accepted, at=at)
    assert [(clock.metric, clock.cycle) for clock, _face in faces] == [("response", 1), ("resolution", 1), ("next_update", 7)]
    with django_assert_num_queries(1):
        assert sla.row_clocks([accepted], at=at)[accepted.pk].what == "Next update"
    with time.at(at):
        shown = panels.clocks_panel(accepted, engineer)["clocks"]
    assert [item["clock"].metric for item in shown] == ["response", "resolution", "next_update"]
    assert (shown[2]["kept"], shown[2]["missed"]) == (5, 1)
    assert ClockEvent.objects.filter(clock__metric="next_update").count() == 2 * 6 + 1 + 1


def test_the_ticket_page_draws_them(client, accepted, engineer):
    services.reply(accepted, by=engineer, body="x", at=minutes(20))
    client.force_login(engineer)
    page = client.get(accepted.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "Updates so far: 1 in time, 0 late" in page
    assert page.count("c-clockbox") >= 3
