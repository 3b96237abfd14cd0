"""The dashboards: who reads them, what narrows them, that every number leads somewhere, and what they cost."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from changes.period import Period
from incidents import services as incidents
from itsm.core import clock
from reports import change_tiles, services, tiles
from reports.forms import ScopeForm
from reports.scope import Scope

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
SLA, CHANGES = "/reports/sla/", "/reports/changes/"
PAGES = (SLA, CHANGES)
OCTOBER = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def later(at):
    with clock.at(at + timedelta(days=2)):
        yield


@pytest.fixture
def browser(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


@pytest.fixture
def lived(stand, log, ready, other_service, agent, at):
    """Incidents in every state, one of them late, with their facts."""
    for priority, status in ((1, "closed"), (2, "resolved"), (3, "waiting"), (3, "in_progress")):
        stand(status, impact=priority, urgency=priority, title=f"{priority} {status}")
    stand("new", service=other_service)
    late = incidents.accept(log(title="Late"), by=ready, at=at + timedelta(hours=5))
    incidents.resolve(late, by=ready, resolution="done", resolution_code="fixed", at=at + timedelta(hours=30))
    services.sweep_touched()


def shown(answer):
    assert answer.status_code == 200
    return answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def links(page):
    return {unescape(url) for url in re.findall(r'<a [^>]*href="(/[^"]*)"', page)}


@pytest.mark.parametrize("page", PAGES)
def test_managers_read_them_and_nobody_else_does(client, page, service_manager, auditor, top_manager, team_lead, engineer, requester):
    for person in (service_manager, auditor, top_manager, team_lead):
        client.force_login(person, backend=BACKEND)
        assert client.get(page).status_code == 200
    client.force_login(engineer, backend=BACKEND)
    assert client.get(page).status_code == 403
    client.force_login(requester, backend=BACKEND)
    assert client.get(page).status_code == 404
    client.logout()
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_period_says_so(browser, service_manager, page, language):
    service_manager.language = language
    service_manager.save()
    told = shown(browser.get(page, {"from": "2024-01", "to": "2024-02"}))
    assert "None" not in told
    assert "style=" not in told
    if language == "en":
        assert "in this period." in told


@pytest.mark.parametrize("by", ["service", "customer", "team"])
def test_the_dashboard_tells_how_promises_were_kept(browser, lived, by):
    page = browser.get(SLA, {"by": by})
    told = shown(page)
    facts = {name: facts for name, _template, _span, facts in page.context["tiles"]}
    resolution = facts["promises"]["kept"][1]["raw"]
    assert (resolution.counted, resolution.number) == (2, 3)
    assert facts["breaking"]["counted"]["open"] == 3
    assert sum(line["resolution"].number for line in facts["places"]["lines"]) == 3
    assert facts["arrivals"]["number"] == 6
    assert facts["stages"]["number"] == 1
    assert {"c-dots", "c-flow", "c-trend", "c-heat"} <= set(re.findall(r"c-[a-z]+", told))
    assert "style=" not in told
    assert "None" not in told


def test_a_filter_narrows_every_number_and_can_be_taken_away(browser, lived, service, other_service, other_customer, team):
    def facts(**asked):
        page = browser.get(SLA, asked)
        return {name: found for name, _template, _span, found in page.context["tiles"]}, page.context["chips"]

    mine, chips = facts(service=service.pk, team=team.pk, priority=4)
    assert mine["promises"]["decided"] > 0
    assert {chip["value"] for chip in chips} == {service.label(), team.label(), "P4"}
    assert mine["breaking"]["counted"]["open"] == 2
    others, chips = facts(customer=other_customer.pk)
    assert (others["promises"]["decided"], others["breaking"]["counted"]["open"], others["arrivals"]["number"]) == (0, 0, 0)
    assert "customer" not in chips[0]["remove_url"]


def test_every_link_leads_somewhere(browser, lived):
    found = links(shown(browser.get(SLA, {"by": "team"}))) | links(shown(browser.get(CHANGES)))
    assert len(found) > 60
    wrong = [url for url in found if not url.startswith("/reports/rows/") and browser.get(url).status_code != 200]
    assert wrong == []
    some = sorted(url for url in found if url.startswith("/reports/rows/"))
    assert some
    assert [url for url in some if browser.get(url).status_code != 200] == []


def test_each_tile_can_be_read_alone(lived, service_manager, at):
    scope = Scope(Period(OCTOBER, OCTOBER))
    for read in (*tiles.TILES.values(), *change_tiles.TILES.values()):
        assert read(scope, service_manager, at + timedelta(days=2))


@pytest.mark.parametrize("page", PAGES)
def test_no_nonsense_in_an_address_is_an_accident(browser, page):
    months, things = {"from": "2026-13", "to": "x"}, {"customer": "nobody", "team": "\0"}
    for asked in (months, things, {"priority": "9", "by": "x", "tier": "y"}, {"service": "1" * 30}):
        assert browser.get(page, asked).status_code == 200


def test_a_period_is_compared_with_the_one_before_or_with_a_baseline(browser):
    at = clock.now()
    usual, chosen = (ScopeForm({"from": "2026-04", "to": "2026-06", **more}, at=at).scope() for more in ({}, {"against": "2025-01"}))
    assert usual.before.period == Period(date(2026, 1, 1), date(2026, 3, 1))
    assert chosen.before.period == Period(date(2025, 1, 1), date(2025, 3, 1))
    assert ScopeForm({"against": "nonsense"}, at=at).scope().against is None
    page = browser.get("/reports/sla/", {"from": "2026-04", "to": "2026-06", "against": "2025-01"}).content.decode()
    assert "January 2025 – March 2025" in page
