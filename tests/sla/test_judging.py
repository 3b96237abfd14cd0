"""A broken promise excused by the service manager, a log corrected by two people (D3, D5, D8)."""

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from rest_framework.authtoken.models import Token

from incidents import services
from incidents.models import Incident
from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.notices.wording import subject
from itsm.people.models import Role
from sla import panels
from sla import services as sla
from sla.models import Clock, Correction, Metric
from tests import cast
from tests.sla.conftest import minutes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    """Everybody judges at noon on Monday, three hours after the contact."""
    with time.at(minutes(180)):
        yield


@pytest.fixture
def boss(team):
    return cast.staff("supervisor", Role.SUPERVISOR, team=team)


@pytest.fixture
def broken(updates_promised, log, engineer):
    """An incident whose response came forty minutes after the contact, ten too late."""
    return services.accept(log(), by=engineer, at=minutes(40))


def clock_of(incident, metric=Metric.RESPONSE):
    return Clock.objects.about(incident).filter(metric=metric).latest("cycle")


def excused(clock, by, **more):
    return sla.excuse(clock, by=by, **{"reason_code": "force_majeure", "words": "The mast burned.", **more})


def proposed(clock, by, kind="moved", **details):
    details = details or {"line": 2 if clock.outcome != "breached" else 3, "to": minutes(20)}
    return sla.propose_correction(clock, by=by, kind=kind, reason="The recording says so.", **details)


def test_an_excuse_is_counted_apart_and_the_breach_stays(broken, service_manager):
    clock = excused(clock_of(broken), service_manager)
    kept = clock_of(broken)
    assert (kept.outcome, kept.breached_at, clock.pk) == ("excused", minutes(30), kept.pk)
    line = kept.events.last()
    assert (line.kind, line.reason_code, line.actor) == ("excuse", "force_majeure", service_manager)
    assert line.payload == {"words": "The mast burned."}
    found = {line.metric: line for line in panels.attainment(service_manager, minutes(180))["metrics"]}
    assert (found["response"].met, found["response"].broken) == (0, 1), "raw attainment counts it as broken"
    assert sla.verify_clocks() == []


def test_a_breach_is_excused_after_the_close_too(broken, engineer, agent, service_manager):
    services.resolve(broken, by=engineer, resolution="x", resolution_code="fixed", at=minutes(60))
    services.confirm_by_phone(broken, by=engineer, note="ok", at=minutes(61))
    services.check_call(broken, by=agent, accepted=True, at=minutes(62))
    excused(clock_of(broken), service_manager)
    assert (clock_of(broken).outcome, clock_of(broken).final_at) == ("excused", minutes(62))
    assert sla.verify_clocks() == []


@pytest.mark.parametrize("who", ["agent", "boss", "team_lead", "administrator", "top_manager"])
def test_only_the_service_manager_excuses(request, broken, service_manager, who):
    with pytest.raises(NotAllowed, match="service manager"):
        excused(clock_of(broken), request.getfixturevalue(who))
    assert excused(clock_of(broken), service_manager).outcome == "excused"


def test_nobody_excuses_their_own_ticket(broken, service_manager, engineer):
    services.reassign(broken, by=engineer, assignee=service_manager, reason="x", at=minutes(50))
    with pytest.raises(NotAllowed, match="never on a ticket of their own"):
        excused(clock_of(broken), service_manager)
    services.reassign(broken, by=service_manager, assignee=engineer, reason="x", at=minutes(51))
    assert excused(clock_of(broken), service_manager).outcome == "excused"


@pytest.mark.parametrize("details", [{"reason_code": "sorry"}, {"words": "  "}])
def test_an_excuse_needs_a_known_reason_and_words(broken, service_manager, details):
    with pytest.raises(Refused, match="Choose one of the reasons"):
        excused(clock_of(broken), service_manager, **details)
    assert excused(clock_of(broken), service_manager).outcome == "excused"


def test_only_what_is_broken_is_excused_and_only_once(broken, service_manager):
    with pytest.raises(Refused, match="counts as broken"):
        excused(clock_of(broken, Metric.RESOLUTION), service_manager)
    excused(clock_of(broken), service_manager)
    with pytest.raises(Refused, match="counts as broken"):
        excused(clock_of(broken), service_manager)


def test_a_correction_needs_two_people_and_then_the_log_is_lived_anew(broken, boss, service_manager):
    correction = proposed(clock_of(broken), boss)
    assert clock_of(broken).outcome == "breached", "nothing changes before the second person"
    with pytest.raises(NotAllowed, match="Somebody else has to decide"):
        sla.decide_correction(correction, by=boss, accepted=True)
    sla.decide_correction(correction, by=service_manager, accepted=True, remark="Heard it.")
    clock = clock_of(broken)
    assert (clock.outcome, clock.breached_at, clock.stopped_at, clock.corrected) == ("met", None, minutes(20), True)
    line = clock.events.last()
    assert (line.kind, line.payload["correction"], line.actor) == ("correct", correction.pk, service_manager)
    assert sla.verify_clocks() == []


def test_a_refused_correction_changes_nothing_and_another_may_follow(broken, boss, service_manager):
    correction = proposed(clock_of(broken), boss)
    with pytest.raises(Refused, match="waits for its second person already"):
        proposed(clock_of(broken), boss)
    sla.decide_correction(correction, by=service_manager, accepted=False, remark="No.")
    with pytest.raises(Refused, match="decided already"):
        sla.decide_correction(correction, by=service_manager, accepted=True)
    assert (clock_of(broken).outcome, clock_of(broken).corrected) == ("breached", False)
    assert proposed(clock_of(broken), boss).state == "pending"


@pytest.mark.parametrize("who", ["agent", "engineer", "auditor"])
def test_agents_do_not_propose_and_do_not_decide(request, broken, boss, service_manager, who):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        proposed(clock_of(broken), person)
    correction = proposed(clock_of(broken), boss)
    with pytest.raises(NotAllowed):
        sla.decide_correction(correction, by=person, accepted=True)
    assert sla.decide_correction(correction, by=service_manager, accepted=True).state == "applied"


def test_the_database_refuses_one_person_for_both(broken, boss):
    correction = proposed(clock_of(broken), boss)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(state="applied", decided_by=boss, decided_at=minutes(180))


def test_a_later_contact_moves_every_clock_that_began_with_it_and_the_incident_follows(broken, boss, service_manager):
    correction = proposed(clock_of(broken), boss, "contact_later", to=minutes(15))
    sla.decide_correction(correction, by=service_manager, accepted=True)
    response, resolution = clock_of(broken), clock_of(broken, Metric.RESOLUTION)
    assert (response.outcome, response.contacted_at, resolution.contacted_at) == ("met", minutes(15), minutes(15))
    assert resolution.due_at == minutes(540 + 15 + 15 * 60), "a quarter past nine the next morning"
    incident = Incident.objects.get(pk=broken.pk)
    assert (incident.contacted_at, incident.next_due_at) == (minutes(15), clock_of(broken, Metric.NEXT_UPDATE).due_at)
    assert sla.verify_clocks() == []


def test_a_pause_that_nobody_noted_gives_its_time_back(broken, boss, service_manager):
    clock = clock_of(broken, Metric.RESOLUTION)
    details = {"since": minutes(60), "until": minutes(120), "waited_for": "waiting_customer_info"}
    correction = proposed(clock, boss, "waited", **details)
    sla.decide_correction(correction, by=service_manager, accepted=True)
    assert clock_of(broken, Metric.RESOLUTION).due_at == minutes(24 * 60 + 60), "ten the next morning"
    assert sla.verify_clocks() == []


def test_a_contact_moved_earlier_can_break_a_promise_and_that_is_announced(updates_promised, log, engineer, boss, service_manager):
    incident = services.accept(log(), by=engineer, at=minutes(20))
    correction = proposed(clock_of(incident), boss, line=1, to=minutes(-60 * 15))
    with pytest.raises(Refused, match="seven days"):
        proposed(clock_of(incident, Metric.RESOLUTION), boss, line=1, to=minutes(-60 * 24 * 8))
    sla.decide_correction(correction, by=service_manager, accepted=True)
    assert clock_of(incident).outcome == "met", "Sunday does not count"
    again = proposed(clock_of(incident), boss, line=1, to=minutes(-60 * 24 * 4))
    sla.decide_correction(again, by=service_manager, accepted=True)
    clock = clock_of(incident)
    assert (clock.outcome, clock.breached_at) == ("breached", minutes(-60 * 24 * 4 + 30))
    assert sla.verify_clocks() == []


def test_a_breach_found_by_a_correction_is_told_once_like_any_other(updates_promised, log, engineer, boss, service_manager):
    incident = services.accept(log(), by=engineer, at=minutes(20))

    def moved(line, at):
        correction = proposed(clock_of(incident), boss, line=line, to=minutes(at))
        sla.decide_correction(correction, by=service_manager, accepted=True)

    moved(2, 25)
    assert (clock_of(incident).outcome, breaches_told(boss)) == ("met", 0)
    moved(2, 40)
    assert (clock_of(incident).outcome, breaches_told(boss)) == ("breached", 1)
    notice = told_of_the_response().get(person=boss)
    assert "Response time breached: P3" in subject(notice)
    assert (notice.params["over_s"], notice.params["waits"]) == (10 * 60, False)
    moved(2, 28)
    moved(2, 45)
    assert (clock_of(incident).outcome, breaches_told(boss)) == ("breached", 1), "known already"
    sla.sweep(minutes(200))
    assert breaches_told(boss) == 1
    assert sla.verify_clocks() == []


def test_a_breach_that_the_sweep_told_is_not_told_again_when_its_time_is_put_right(broken, boss, service_manager):
    before = told_of_the_response().count()
    assert before
    sla.decide_correction(proposed(clock_of(broken), boss, line=1, to=minutes(-5)), by=service_manager, accepted=True)
    assert clock_of(broken).outcome == "breached"
    assert told_of_the_response().count() == before


def told_of_the_response():
    return Notice.objects.filter(kind="sla.breach", params__metric="response")


def breaches_told(person):
    return told_of_the_response().filter(person=person).count()


@pytest.mark.parametrize(
    ("metric", "kind", "details", "words"),
    [
        ("response", "moved", {"line": 3, "to": None}, "Enter when"),
        ("response", "moved", {"line": 99, "to": minutes(20)}, "no time that could be corrected"),
        ("response", "moved", {"line": 2, "to": minutes(20)}, "no time that could be corrected"),
        ("response", "moved", {"line": 3, "to": minutes(181)}, "the time lies ahead"),
        ("response", "moved", {"line": 3, "to": minutes(-1)}, "in between"),
        ("response", "moved", {"line": 1, "to": minutes(5)}, "moved later only as such"),
        ("response", "contact_later", {"to": minutes(0)}, "not later than"),
        ("response", "waited", {"since": minutes(5), "until": minutes(9), "waited_for": "force_majeure"}, "ever wait"),
        ("response", "voided", {"line": 1}, "no change of the target"),
        ("resolution", "waited", {"since": minutes(9), "until": minutes(5), "waited_for": "force_majeure"}, "from when until when"),
        ("resolution", "waited", {"since": minutes(5), "until": minutes(9), "waited_for": "lunch"}, "Choose another one"),
        ("resolution", "waited", {"since": minutes(170), "until": minutes(200), "waited_for": "force_majeure"}, "did not run"),
        ("resolution", "contact_later", {"to": minutes(41)}, "in between"),
    ],
)  # fmt: skip
def test_what_can_not_be_so_is_refused_and_a_sound_one_is_taken(broken, boss, metric, kind, details, words):
    clock = clock_of(broken, metric)
    with pytest.raises(Refused, match=words):
        proposed(clock, boss, kind, **details)
    assert not Correction.objects.exists()
    assert proposed(clock, boss, "contact_later", to=minutes(5)).state == "pending"


def test_what_two_lines_say_of_one_instant_stays_in_order(broken, boss, service_manager, engineer, contact):
    services.wait(broken, by=engineer, reason="waiting_customer_info", body="?", at=minutes(60))
    services.answer(broken, by=contact, body="!", at=minutes(90))
    clock = clock_of(broken, Metric.RESOLUTION)
    with pytest.raises(Refused, match="in between"):
        proposed(clock, boss, line=3, to=minutes(59))
    sla.decide_correction(proposed(clock, boss, line=3, to=minutes(61)), by=service_manager, accepted=True)
    assert clock_of(broken, Metric.RESOLUTION).elapsed_us == 60 * 60_000_000
    assert sla.verify_clocks() == []


def test_the_forecast_is_what_happens(broken, boss, service_manager):
    (shown,) = sla.forecast_correction(clock_of(broken), kind="moved", at=minutes(180), line=3, to=minutes(20))
    assert (shown.before.outcome, shown.after.outcome) == ("breached", "met")
    assert clock_of(broken).outcome == "breached"
    both = sla.forecast_correction(clock_of(broken), kind="contact_later", at=minutes(180), to=minutes(15))
    assert [judged.clock.metric for judged in both] == ["response", "resolution"]


@pytest.fixture
def browser(client):
    def enter(person):
        client.force_login(person, backend="itsm.people.backends.SignInBackend")
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return enter


def test_the_pages_show_the_log_excuse_propose_and_decide(browser, broken, agent, boss, service_manager):
    clock = clock_of(broken)
    here = f"/sla/clocks/{clock.pk}/"
    page = browser(agent).get(here).content.decode()
    assert "Promise broken" in page
    assert f"{here}correct/" not in page
    assert browser(agent).get(f"{here}correct/").status_code == browser(agent).get(f"{here}excuse/").status_code == 403
    told = {"kind": "moved", "line": 3, "to": "2026-09-28T09:20:00", "reason": "The recording."}
    shown = browser(boss).get(f"{here}correct/", told).content.decode()
    assert "What it would change" in shown
    assert browser(boss).post(f"{here}correct/", {**told, "reason": ""}).status_code == 422
    assert browser(boss).post(f"{here}correct/", {**told, "request_key": "k"}).status_code == 302
    assert browser(boss).post(f"{here}correct/", {**told, "request_key": "k"}).status_code == 302
    correction = Correction.objects.get()
    assert "A correction waits" in browser(agent).get(broken.get_absolute_url()).content.decode()
    there = f"{here}corrections/{correction.pk}/"
    assert "Somebody else has to decide" in browser(boss).get(there).content.decode()
    assert browser(boss).post(there, {"accepted": "yes"}).status_code == 403
    assert "What it would change" in browser(service_manager).get(there).content.decode()
    assert browser(service_manager).post(there, {"accepted": "yes"}).status_code == 302
    assert clock_of(broken).outcome == "met"
    assert "Applied" in browser(agent).get(there).content.decode()
    assert "Corrected by two people" in browser(agent).get(broken.get_absolute_url()).content.decode()


def test_the_excuse_page_excuses(browser, broken, service_manager):
    here = f"/sla/clocks/{clock_of(broken).pk}/excuse/"
    assert here in browser(service_manager).get(broken.get_absolute_url()).content.decode()
    assert "The breach stays recorded" in browser(service_manager).get(here).content.decode()
    assert browser(service_manager).post(here, {"reason_code": "force_majeure"}).status_code == 422
    assert browser(service_manager).post(here, {"reason_code": "force_majeure", "words": "Fire."}).status_code == 302
    assert clock_of(broken).outcome == "excused"
    assert "counted apart" in browser(service_manager).get(broken.get_absolute_url()).content.decode()


@pytest.mark.parametrize("path", ["", "excuse/", "correct/"])
def test_a_customer_finds_no_such_page(browser, broken, contact, path):
    assert browser(contact).get(f"/sla/clocks/{clock_of(broken).pk}/{path}").status_code == 404


def test_the_api_judges_with_the_same_refusals(client, broken, boss, service_manager, agent):
    here = f"/api/v1/clocks/{clock_of(broken).pk}/"

    def post(who, verb, **told):
        token = Token.objects.get_or_create(user=who)[0].key
        return client.post(f"{here}{verb}/", told, content_type="application/json", headers={"Authorization": f"Token {token}"})

    told = {"kind": "moved", "line": 3, "to": minutes(20).isoformat(), "reason": "The recording."}
    assert post(agent, "propose-correction", **told).status_code == 403
    assert post(boss, "propose-correction", kind="moved").status_code == 400
    assert post(service_manager, "decide-correction", accepted=True).json()["code"] == "none_waits"
    assert post(boss, "propose-correction", **told).json()["state"] == "pending"
    assert post(boss, "decide-correction", accepted=True).json()["code"] == "own_proposal"
    assert post(service_manager, "decide-correction", accepted=True).json()["decided_by"] == "manager"
    refused = post(service_manager, "excuse", reason_code="force_majeure", words="Fire.")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_breached")
    token = Token.objects.get(user=boss).key
    listed = client.get(f"{here}corrections/", headers={"Authorization": f"Token {token}"}).json()
    assert [row["state"] for row in listed] == ["applied"]


def test_a_forged_excuse_is_found(broken, service_manager):
    excused(clock_of(broken), service_manager)
    with pgtrigger.ignore():
        clock_of(broken).events.filter(kind="excuse").update(payload={"words": "Nothing."})
    assert sla.verify_clocks() == [clock_of(broken).pk]
