"""The rows behind a figure: as many as it says under any filter, each once, with what has changed since."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Service
from changes.period import Period
from incidents import services as incidents
from itsm.core import clock, measures, paging
from itsm.people.models import Organisation, Team
from reports import figures, listing, services
from reports.models import Spread, Tally, TicketFact
from reports.narrow import Narrow, outcomes_of, within
from reports.scope import Scope
from tests.deep import cases
from tests.reports.facts import MONTHS, local, many, ticket_row, write

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
NOW = local(date(2026, 11, 20))
OCTOBER = date(2026, 10, 1)
TICKETS = [measure for measure in measures.known().values() if measure.kind not in figures.OF_CHANGES]


@pytest.fixture(autouse=True)
def today():
    with clock.at(NOW):
        yield


@pytest.fixture
def things(incident, service, other_service, customer, other_customer, team, other_team, ready):
    """Ids to make facts of."""
    return {
        "record": [incident.pk], "customer": [customer.pk, other_customer.pk], "service": [service.pk, other_service.pk, None],
        "team": [team.pk, other_team.pk, None], "handler": [ready.pk, None],
    }  # fmt: skip


@st.composite
def fact(draw, kind):
    """A fact by places in the things: (kind, minutes, places, outcome, marks, lengths, priority)."""
    possible = {outcome for measure in TICKETS if measure.kind == kind for outcome in outcomes_of(measure)}
    return (
        kind, draw(st.integers(0, 91 * 24 * 60 - 1)), draw(st.tuples(*[st.integers(0, 5)] * 5)),
        draw(st.sampled_from(sorted(possible) or [""])), draw(st.integers(0, 7)), draw(st.lists(st.integers(0, 5), min_size=9, max_size=9)),
        draw(st.integers(1, 4)),
    )  # fmt: skip


def made(drawn, things):
    """TicketRows of drawn facts."""
    found = []
    for no, (kind, minutes, places, outcome, marks, lengths, priority) in enumerate(drawn, 1):
        at = local(MONTHS[0], hour=0) + timedelta(minutes=minutes)
        ids = {name: ids[place % len(ids)] for (name, ids), place in zip(things.items(), places, strict=True)}
        found.append(ticket_row(kind, no, at, **ids, outcome=outcome, marks=marks, lengths=lengths, priority=priority))
    return found


@settings(max_examples=cases(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_add_up_to_the_figure_under_any_filter(things, data):
    TicketFact.objects.all().delete()
    Tally.objects.all().delete()
    Spread.objects.all().delete()
    measure = data.draw(st.sampled_from(TICKETS))
    drawn = data.draw(st.lists(fact(measure.kind), min_size=1, max_size=12))
    written = made(drawn, things)
    write(written)
    scope, narrow = data.draw(looks(measure, written))
    looked = listing.Listing(scope, measure, "all", narrow)
    figure = looked.figure()
    told = {part: looked.but(part=part) for part in listing.parts(looked, figure)}
    for part, number in listing.parts(looked, figure).items():
        assert told[part].rows().count() == number
    wanted = [row for row in written if by_hand(row, scope, measure, narrow)]
    assert sorted(row.source_id for row in told["all"].rows()) == sorted(row.source_id for row in wanted)
    if measure.is_share:
        assert figure.counted == sum(measure.counted.holds(row.outcome, row.marks) for row in wanted)


@st.composite
def looks(draw, measure, written):
    """`(Scope, Narrow)`: some months, and often just what a fact that is there has."""
    row, first, last = draw(st.sampled_from(written)), draw(st.sampled_from(MONTHS)), draw(st.sampled_from(MONTHS))
    asked = [draw(st.booleans()) for _no in range(7)]
    customer, service, team = (
        model.objects.filter(pk=pk).first() if chosen else None
        for model, pk, chosen in zip((Organisation, Service, Team), (row.customer_id, row.service_id, row.team_id), asked, strict=False)
    )
    scope = Scope(Period(min(first, last), max(first, last)), customer, service, team, row.priority if asked[3] else None)
    return scope, Narrow(
        row.outcome if asked[4] and row.outcome in outcomes_of(measure) else "",
        slot_of(row) if asked[5] and measure.kind == "logged" else None, None, within(scope, row.day) if asked[6] else None,
    )  # fmt: skip


def slot_of(row):
    here = row.at.astimezone(local(row.day).tzinfo)
    return here.weekday() * 24 + here.hour


def by_hand(row, scope, measure, narrow):
    """Whether a fact is listed, in plain Python."""
    if not (scope.first <= row.month <= scope.last) or not measure.among.holds(row.outcome, row.marks):
        return False
    if any(getattr(row, f"{name}_id") != pk for name, pk in scope.chosen.items()) or scope.priority not in (None, row.priority):
        return False
    picked = narrow.outcome in ("", row.outcome) and narrow.day in (None, row.day)
    return picked and narrow.slot in (None, slot_of(row))


@pytest.fixture
def browser(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


@pytest.fixture
def some(things):
    """120 facts of responses, two in three met, of one ticket."""
    ids = {name: found[0] for name, found in things.items()}
    found = many(120, kind="response", lengths=[], **ids)
    write([row._replace(outcome="breached" if no % 3 == 0 else "met") for no, row in enumerate(found)])


def sources(answer):
    return [row.fact.source_id for row in answer.context["rows"]]


def test_pages_hold_every_row_once_and_the_switch_says_how_many(browser, some):
    found, url = [], "/reports/rows/attainment_response/?from=2026-09&to=2026-11"
    while url:
        answer = browser.get(url)
        assert answer.status_code == 200
        assert [view["count"] for view in answer.context["views"]] == [120, 80, 40]
        assert len(answer.context["rows"]) <= 50
        found += sources(answer)
        url = answer.context["next_url"]
    assert found == list(range(120, 0, -1))


def test_the_rest_is_listed_apart(browser, some):
    answer = browser.get("/reports/rows/attainment_response/?from=2026-09&to=2026-11&part=rest")
    assert answer.context["number"] == 40
    assert all((source - 1) % 3 == 0 for source in sources(answer))
    assert "Breached" in answer.content.decode()


@pytest.mark.parametrize("place", [["0001-01-01T00:00:00+23:59", 1], ["9999-12-31T23:59:59-23:59", 2**63 - 1], [None, 7]])
def test_a_cursor_of_another_age_does_no_harm(browser, some, place):
    assert browser.get(f"/reports/rows/attainment_response/?after={paging._packed(place)}").status_code == 200


def test_a_narrowing_is_a_chip_that_can_be_taken_away(browser, some):
    answer = browser.get("/reports/rows/attainment_response/?from=2026-09&to=2026-11&outcome=breached&day=2026-09-03")
    assert answer.context["number"] == len(sources(answer)) == 3
    assert [chip["value"] for chip in answer.context["chips"]] == ["Breached", "2026-09-03"]
    without = browser.get(answer.context["chips"][1]["remove_url"])
    assert without.context["number"] == 40


@pytest.mark.parametrize(
    "query",
    ["outcome=x", "slot=999", "slot=1", "month=2020-01", "day=tomorrow", "part=%00", "after=!!", "after=WzEsMV0", "from=x&to=9999-99",
     "priority=9", "customer=x", "team=99999999999999999999"],
)  # fmt: skip
def test_what_makes_no_sense_counts_as_not_said(browser, some, query):
    assert browser.get(f"/reports/rows/attainment_response/?{query}").status_code == 200
    assert browser.get(f"/reports/rows/attainment_response/download/?{query}").status_code == 200


def test_every_measure_has_rows_and_the_page_asks_no_more_for_more_of_them(browser, some):
    with CaptureQueriesContext(connection) as few:
        browser.get("/reports/rows/attainment_response/?from=2026-09&to=2026-11&outcome=breached&day=2026-09-03")
    with CaptureQueriesContext(connection) as more:
        browser.get("/reports/rows/attainment_response/?from=2026-09&to=2026-11&outcome=breached")
    assert len(more) <= len(few) <= 40
    for key in measures.known():
        assert browser.get(f"/reports/rows/{key}/").status_code == 200
    assert browser.get("/reports/rows/nonsense/").status_code == 404


def test_who_may_not_read_figures_is_refused_and_a_stranger_finds_nothing(client, some, agent, stranger, service_manager, auditor):
    for url in ("/reports/rows/mtta/", "/reports/rows/mtta/download/", "/reports/measures/"):
        for person, status in ((agent, 403), (stranger, 404), (service_manager, 200), (auditor, 200)):
            client.force_login(person, backend=BACKEND)
            assert client.get(url).status_code == status, (url, person)


def test_a_row_of_a_closed_month_says_what_has_changed_since(browser, resolved, ready, agent, other_service, service_manager, at):
    services.close_month(OCTOBER, by=service_manager, at=at + timedelta(days=30))
    url = "/reports/rows/attainment_resolution/?from=2026-10&to=2026-10"
    (row,) = browser.get(url).context["rows"]
    assert (row.since, row.restated) == ([], None)
    incidents.reopen(resolved, by=ready, reason="Still broken", at=at + timedelta(days=31))
    services.sweep_touched()
    answer = browser.get(url)
    (row,) = answer.context["rows"]
    assert [(one.was, one.now) for one in row.restated.differences] == [("Met · provisional", "not counted")]
    assert row.restated.words == "Still broken"
    assert answer.context["again"] == "–"
    assert re.search("restated", answer.content.decode())


def test_definitions_name_every_measure(browser, some):
    page = browser.get("/reports/measures/").content.decode()
    assert [key for key in measures.known() if f'id="{key}"' not in page] == []


def test_a_week_is_looked_at_from_its_monday_and_never_breaks(client, service_manager, resolved):
    services.sweep_touched()
    client.force_login(service_manager, backend=BACKEND)
    for day, number in (("2026-10-14", 1), ("2026-10-12", 1), ("2026-10-20", 0)):
        asked = {"from": "2026-10", "to": "2026-10", "week": day}
        assert client.get("/api/v1/measures/mttr/rows/", asked).json()["count"] == number, day
    for nonsense in ("9999-12-31", "0001-01-01", "no", "2026-11-02"):
        page = client.get("/reports/rows/mttr/", {"from": "2026-10", "to": "2026-10", "week": nonsense})
        assert page.status_code == 200
