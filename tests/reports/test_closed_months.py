"""A closed month stays as it was whatever is edited afterwards; what would be counted otherwise is told beside it, with its reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from catalog.models import Criticality, Service
from changes.period import Period
from incidents import services as incidents
from itsm.calendars import services as calendars
from itsm.calendars.models import Calendar
from itsm.core import clock, measures
from itsm.core.errors import NotAllowed, Refused
from itsm.people import services as people
from itsm.people.models import Role
from reports import figures, services
from reports.models import ClosedMonth, Restatement, Spread, Tally, TicketFact
from reports.scope import Scope
from sla import services as sla
from sla.models import Agreement, Clock
from tests import cast
from tests.incidents.test_import_servicenow import LOG, ZONE
from tests.threads import at_once

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
SCOPE = Scope(Period(OCTOBER, OCTOBER))
LATER = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)


def everything(by=("", "service", "team", "customer", "priority")):
    """All figures of October by everything, and all rows behind them."""
    shown = [figures.read(SCOPE, list(measures.known().values()), by=group) for group in by[:1]]
    tickets = [measure for measure in measures.known().values() if measure.kind not in figures.OF_CHANGES]
    shown += [figures.read(SCOPE, tickets, by=group) for group in by]
    return shown, list(TicketFact.objects.order_by("id").values())


@pytest.fixture
def late(log, ready, at):
    """Answered forty minutes after the contact, ten too late, and solved."""
    found = incidents.accept(log(), by=ready, at=at + timedelta(minutes=40))
    return incidents.resolve(found, by=ready, resolution="已扩容", resolution_code="fixed", at=at + timedelta(minutes=50))


@pytest.fixture
def closed(late, service_manager):
    return services.close_month(OCTOBER, by=service_manager, at=LATER - timedelta(days=4))


def edits(late, ready, team, service, customer, manager):
    """Everything that might be edited, as `(what, act)`."""
    calendar = Calendar.objects.exclude(versions__mode="24x7").get()
    version = calendar.current()
    always = {"tz": version.tz, "mode": "24x7", "weekly": [], "exceptions": {}, "covered_through": version.covered_through}
    agreement = Agreement.objects.filter(customer=customer).first()

    def applied_target():
        draft = sla.draft_version(agreement, by=manager)
        draft.targets.update(seconds=60)

    return (
        ("calendar", lambda: calendars.publish(calendar, by=manager, **always)),
        ("agreement", applied_target),
        ("service", lambda: Service.objects.filter(pk=service.pk).update(criticality=Criticality.NON_CORE, name_en="Something else")),
        ("team", lambda: people.edit_team(team, by=manager, name="另一个组")),
        ("customer", lambda: people.edit_organisation(customer, by=manager, name="另一家银行")),
        ("role", lambda: people.appoint(ready, Role.OPS_LEAD, by=manager, first_on=LATER.date())),
        ("left", lambda: people.leave(ready, by=manager, on=LATER.date())),
    )  # fmt: skip


@pytest.mark.usefixtures("closed")
def test_a_closed_month_is_unchanged_after_edits_of_everything(late, ready, team, service, customer):
    manager = cast.staff("boss", Role.TOP_MANAGEMENT)
    manager.is_superuser = True
    manager.save()
    before = everything()
    with clock.at(LATER):
        for what, act in edits(late, ready, team, service, customer, manager):
            act()
            services.sweep_touched()
            assert everything() == before, what
    assert not Restatement.objects.exists()


@pytest.mark.usefixtures("closed")
def test_an_excuse_after_the_closing_is_told_beside_it(late, service_manager):
    before = everything()
    response = Clock.objects.about(late).get(metric="response")
    with clock.at(LATER):
        sla.excuse(response, by=service_manager, reason_code="force_majeure", words="The mast burned.")
    services.sweep_touched()
    services.sweep_touched()
    assert everything() == before
    told = Restatement.objects.get()
    assert (told.kind, told.before["outcome"], told.after["outcome"]) == ("response", "breached", "excused")
    assert (told.cause, told.words, told.by, told.record) == ("excuse", "The mast burned.", service_manager, late)


@pytest.mark.usefixtures("closed")
def test_what_is_undone_again_is_told_again(late, ready, at):
    incidents.reopen(late, by=ready, reason="Still broken", at=LATER)
    services.sweep_touched()
    gone = Restatement.objects.get(kind="resolved")
    assert (gone.before["day"], gone.after, gone.cause, gone.words) == ("2026-10-12", None, "reopen", "Still broken")
    incidents.resolve(late, by=ready, resolution="again", resolution_code="fixed", at=LATER + timedelta(hours=1))
    services.sweep_touched()
    assert TicketFact.objects.filter(kind="resolved", month=date(2026, 11, 1)).count() == 1, "it counts again when it is solved again"
    assert Restatement.objects.filter(kind="resolved").count() == 1


@pytest.mark.usefixtures("closed")
def test_becoming_final_restates_nothing(late, agent, other_engineer):
    incidents.confirm_by_phone(late, by=agent, note="works", at=LATER)
    incidents.check_call(late, by=other_engineer, accepted=True, at=LATER)
    services.sweep_touched()
    assert not Restatement.objects.exists()
    assert TicketFact.objects.get(kind="closed").month == date(2026, 11, 1)


@pytest.mark.usefixtures("closed")
def test_a_ticket_that_becomes_known_afterwards_is_told_beside_it(log, at):
    late = log(contacted_at=datetime(2026, 10, 31, 2, tzinfo=UTC), at=datetime(2026, 11, 1, 2, tzinfo=UTC), contacted_reason="Was ill")
    services.sweep_touched()
    told = Restatement.objects.get(kind="logged")
    assert (told.before, told.record) == (None, late)
    assert told.after["day"] == "2026-10-31"


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("model", [TicketFact, Tally, Spread, ClosedMonth])
def test_the_database_refuses_to_touch_a_closed_month(model):
    for act in (lambda: model.objects.update(id=-7), lambda: model.objects.all().delete()):
        with pytest.raises(DatabaseError, match=r"closed|append-only"), transaction.atomic():
            act()


@pytest.mark.usefixtures("late")
def test_a_month_closes_once_in_order_when_it_is_over_and_by_the_service_manager(service_manager, engineer, at):
    with pytest.raises(Refused, match="not over"):
        services.close_month(OCTOBER, by=service_manager, at=at + timedelta(days=2))
    with pytest.raises(NotAllowed):
        services.close_month(OCTOBER, by=engineer, at=LATER)
    with pytest.raises(Refused, match="before it"):
        services.close_month(date(2026, 11, 1), by=service_manager, at=LATER + timedelta(days=60))
    assert services.close_month(OCTOBER, by=service_manager, at=LATER).closed_by == service_manager
    with pytest.raises(Refused, match="already"):
        services.close_month(OCTOBER, by=service_manager, at=LATER)


@pytest.mark.usefixtures("late")
def test_a_month_closes_by_itself_on_the_fifth_working_day():
    due = services.closes_at(OCTOBER)
    assert due == calendars.add_working_days(datetime(2026, 10, 31, 16, tzinfo=UTC), 5)
    assert services.close_what_is_due(at=due - timedelta(seconds=1)) == 0
    assert services.close_what_is_due(at=due) == 1
    assert ClosedMonth.objects.get().closed_by is None


@pytest.mark.django_db(transaction=True)
def test_two_who_close_at_once_close_it_once(late, service_manager):
    def close():
        try:
            services.close_month(OCTOBER, by=service_manager, at=LATER)
        except Refused as refusal:
            return refusal.code
        return "done"

    assert sorted(at_once(close, close)) in (["closed", "done"], ["clash", "done"])
    assert ClosedMonth.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_beside_one_another_count_everything_once(late):
    at_once(services.sweep_touched, services.sweep_touched)
    once = list(Tally.objects.order_by("kind", "grain", "customer", "service", "team", "slot").values_list("number", "sums"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_tally; DELETE FROM reports_spread; DELETE FROM reports_ticketfact")
        cursor.execute("INSERT INTO reports_touched (record_type_id, record_id) SELECT content_type_id, object_id FROM core_steptaken")
    services.sweep_touched()
    assert list(Tally.objects.order_by("kind", "grain", "customer", "service", "team", "slot").values_list("number", "sums")) == once


@pytest.mark.usefixtures("closed")
def test_a_history_that_is_imported_later_closes_in_its_own_months():
    call_command("import_servicenow", str(LOG), timezone=ZONE, customer="Acme Ltd")
    services.sweep_touched()
    assert services.next_to_close().year == 2016
    done = services.close_what_is_due(at=LATER)
    assert done > 1
    assert services.next_to_close() == date(2026, 11, 1)
