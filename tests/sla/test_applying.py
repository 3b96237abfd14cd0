"""A version applied to open tickets: only as agreed, by carry, from now on, and nothing else is touched (D10)."""

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.models import Incident
from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from sla import services as sla
from sla.models import Agreement, AppliedVersion, Clock, ClockFire, Metric, Target
from tests.sla.conftest import LONG_AGO, MONDAY, minutes, published
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
MINUTE, HOUR = 60, 3600
LETTER = "Ms. Li, letter of 25 September."


@pytest.fixture
def hours(calendars_of_the_house):
    return calendars_of_the_house[0]


def promises(hours, response=HOUR, resolution=4 * HOUR):
    return {("core", 3, "response"): (response, hours), ("core", 3, "resolution"): (resolution, hours)}


@pytest.fixture
def first(customer, service, hours):
    """What was promised for years: a response in an hour, a repair in four, round the clock."""
    return published(Agreement.objects.create(customer=customer, service=service, name="SLA-JL"), promises(hours))


@pytest.fixture
def second(first, hours):
    """`second(resolution=…)`: the version in force from a quarter past nine on."""

    def make(since=15, **targets):
        version = first.agreement.versions.create(
            no=2, effective_from=minutes(since), thresholds=[75, 90], ladder=[], approved_note="Letter.", pause_reasons=["force_majeure"]
        )
        Target.objects.bulk_create(
            Target(version=version, tier=tier, priority=priority, metric=metric, seconds=seconds, calendar=calendar)
            for (tier, priority, metric), (seconds, calendar) in promises(hours, **targets).items()
        )
        version.publish(by=None, at=LONG_AGO)
        version.save()
        return version

    return make


@pytest.fixture
def started(make_incident, first):
    def start(**details):
        incident = make_incident(3, **details)
        incident.next_due_at = sla.start(incident, by=None, priority=3)
        incident.save()
        return incident

    return start


def of(incident, metric=Metric.RESOLUTION):
    return Clock.objects.about(incident).get(metric=metric)


def kinds(clock):
    return [event.kind for event in clock.events.all()]


def apply(version, by, at=30, **said):
    return sla.apply_version(version, by=by, **{"agreed": LETTER} | said, at=minutes(at))


def test_what_runs_and_what_waits_goes_on_under_the_version_in_force_and_time_used_stays(started, second, service_manager):
    running, waiting = started(), started()
    sla.pause(waiting, reason="force_majeure", at=minutes(20), by=None)
    version = second(resolution=2 * HOUR)
    assert (of(running).agreement_version.no, of(running).due_at) == (1, minutes(240)), "a version in force moves nothing by itself"
    applied = apply(version, service_manager)
    assert (applied.tickets, applied.clocks, applied.broken, applied.agreed) == (2, 4, 0, LETTER)
    assert (of(running).due_at, of(running).elapsed_us, of(running).agreement_version) == (minutes(120), 30 * 60 * 10**6, version)
    running.refresh_from_db()
    assert running.next_due_at == minutes(60)
    sla.resume(waiting, at=minutes(40), by=None)
    assert of(waiting).due_at == minutes(140)
    assert sla.verify_clocks() == []


def test_the_log_names_the_version_who_applied_it_and_where_that_was_agreed(started, second, service_manager):
    incident = started()
    version = second(resolution=2 * HOUR)
    applied = apply(version, service_manager)
    line = of(incident).events.last()
    assert (line.kind, line.reason_code, line.actor) == ("retarget", "version_applied", service_manager)
    told = {name: line.payload[name] for name in ("agreement_version", "rule", "applied", "target_s")}
    assert told == {"agreement_version": version.pk, "rule": "carry", "applied": applied.pk, "target_s": 2 * HOUR}
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        AppliedVersion.objects.update(agreed="Nobody asked.")
    assert applied.events.get().agreed == LETTER
    assert applied.events.get().pgh_context["by"] == service_manager.pk


def test_also_where_both_measure_the_same_the_clock_stands_on_the_new_version_and_nobody_hears_anything(started, second, service_manager):
    incident = started()
    sla.sweep(minutes(50))
    told, fired = Notice.objects.count(), ClockFire.objects.count()
    version = second()
    apply(version, service_manager, at=51)
    assert (of(incident).agreement_version, of(incident).due_at, of(incident).generation) == (version, minutes(240), 1)
    assert kinds(of(incident)) == ["start", "retarget"]
    assert sla.allowed_reasons(incident) == ["force_majeure"]
    sla.sweep(minutes(52))
    assert (Notice.objects.count(), ClockFire.objects.count()) == (told, fired)
    assert sla.verify_clocks() == []


def test_what_is_decided_and_what_others_were_promised_stays(
    started, second, service_manager, make_incident, service, other_customer, hours, agreement
):
    solved, closed, cancelled, half = started(), started(), started(), started()
    for incident in (solved, closed):
        sla.solve(incident, at=minutes(20), by=None, first=True)
    sla.close(closed, at=minutes(25), by=None)
    sla.cancel(cancelled, at=minutes(20), by=None)
    sla.stop(half, Metric.RESPONSE, at=minutes(20), by=None)
    theirs, general = make_incident(3), make_incident(3)
    Incident.objects.filter(pk=theirs.pk).update(customer=other_customer, contact=None)
    theirs.refresh_from_db()
    published(Agreement.objects.create(customer=other_customer, service=service, name="SLA-OTHER"), promises(hours))
    sla.start(theirs, by=None, priority=3)
    sla.start(general, by=None, priority=3, promised=sla.promise(agreement.agreement.customer, None, 3, MONDAY))
    before = {clock.pk: clock.last_hash for clock in Clock.objects.all()}
    assert apply(second(resolution=2 * HOUR), service_manager).tickets == 1
    assert [clock for clock in Clock.objects.all() if clock.last_hash != before[clock.pk]] == [of(half)]
    sla.reopen(solved, at=minutes(40), by=None)
    assert of(solved).agreement_version.no == 1
    assert sla.verify_clocks() == []


def test_what_it_breaks_at_once_wants_a_nod_and_is_told_once(started, second, service_manager, team_lead):
    incident = started(assignee=team_lead)
    sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None)
    sla.sweep(minutes(200))
    assert Notice.objects.filter(person=team_lead, kind="sla.warning").exists()
    version = second(resolution=HOUR)
    before = kinds(of(incident))
    with pytest.raises(Refused, match="breaks 1 promise at once"):
        apply(version, service_manager, at=205)
    assert (kinds(of(incident)), AppliedVersion.objects.count()) == (before, 0)
    assert apply(version, service_manager, at=205, breach_accepted=True).broken == 1
    clock = of(incident)
    assert (clock.breached_at, clock.breach_cause, clock.outcome) == (minutes(205), "retarget", "breached")
    sla.sweep(minutes(206))
    assert Notice.objects.filter(person=team_lead, kind="sla.breach").count() == 1
    assert sla.verify_clocks() == []


def test_a_breach_nobody_noticed_yet_is_recorded_first_under_the_terms_it_broke(started, second, service_manager):
    incident = started()
    assert apply(second(resolution=8 * HOUR), service_manager, at=300).broken == 0
    assert kinds(of(incident)) == ["start", "breach", "retarget"]
    assert (of(incident).breached_at, of(incident).outcome) == (minutes(240), "breached")
    assert sla.verify_clocks() == []


def test_a_mark_that_was_heard_before_is_not_told_again_and_a_new_one_is(started, second, service_manager, team_lead):
    heard, fresh = started(assignee=team_lead), started(assignee=team_lead)
    for incident in (heard, fresh):
        sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None)
    sla.pause(fresh, reason="force_majeure", at=minutes(170), by=None)
    sla.sweep(minutes(185))
    warned = Notice.objects.filter(kind="sla.warning")
    assert warned.count() == 1
    apply(second(resolution=210 * MINUTE), service_manager, at=187)
    sla.sweep(minutes(188))
    assert warned.count() == 1, "75 % were heard before"
    sla.resume(fresh, at=minutes(188), by=None)
    sla.sweep(minutes(189))
    assert warned.count() == 2, "of 210 minutes 170 are more than 75 %"
    sla.sweep(minutes(190))
    assert warned.filter(params__percent=90).exists()
    assert sla.verify_clocks() == []


def test_only_the_version_in_force_is_applied_once_and_with_words(started, second, service_manager, first):
    started()
    version = second(since=60)
    with pytest.raises(Refused, match="Only the version in force"):
        apply(version, service_manager, at=30)
    with pytest.raises(Refused, match="Only the version in force"):
        apply(first, service_manager, at=70)
    with pytest.raises(Refused, match="Say how it was agreed"):
        apply(version, service_manager, at=70, agreed="  ")
    assert apply(version, service_manager, at=70, breach_accepted=True).tickets == 1
    with pytest.raises(Refused, match="There is nothing to apply"):
        apply(version, service_manager, at=71)


@pytest.mark.parametrize("who", ["agent", "team_lead", "representative"])
def test_only_the_service_manager_applies_it(request, started, second, service_manager, who):
    started()
    version = second()
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed, match="Only the service manager"):
        apply(version, person)
    assert apply(version, service_manager)


def test_of_an_ended_agreement_nothing_is_applied(started, second, service_manager):
    started()
    version = second()
    sla.end_agreement(version.agreement, by=service_manager, at=minutes(20))
    with pytest.raises(Refused, match="has ended"):
        apply(version, service_manager)


def test_the_outlook_is_what_then_happens(started, second, service_manager):
    running, waiting, unmoved = started(), started(), started()
    sla.solve(unmoved, at=minutes(20), by=None)
    sla.pause(waiting, reason="force_majeure", at=minutes(20), by=None)
    version = second(resolution=25 * MINUTE)
    found = sla.outlook(version, at=minutes(30))
    assert (found.tickets, found.clocks) == (3, 5)
    assert [one.clock for one in found.breaks] == [of(running)]
    assert [one.clock for one in found.moves] == [of(running), of(waiting)]
    assert found.moves[1].left_s == (220 * MINUTE, 5 * MINUTE)
    applied = apply(version, service_manager, breach_accepted=True)
    assert (applied.tickets, applied.clocks, applied.broken) == (3, 5, 1)


def test_a_correction_afterwards_leaves_the_clock_under_the_new_version(started, second, service_manager, team_lead):
    incident = started()
    version = second()
    apply(version, service_manager)
    moved = sla.propose_correction(
        of(incident), by=team_lead, kind="moved", line=1, to=minutes(-5), reason="The recording.", at=minutes(40)
    )
    sla.decide_correction(moved, by=service_manager, accepted=True, at=minutes(40))
    assert (of(incident).agreement_version, of(incident).due_at) == (version, minutes(235))
    assert sla.verify_clocks() == []


def test_the_cost_grows_with_the_clocks_and_not_the_number_of_queries(started, second, service_manager):
    def queries(at):
        with CaptureQueriesContext(connection) as captured:
            apply(version, service_manager, at=at)
        return len(captured)

    started()
    version = second()
    one = queries(30)
    for _ in range(20):
        started()
    assert queries(31) <= one


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_applies_it_and_agents_lose_nothing(started, second, service_manager):
    incidents = [started() for _ in range(10)]
    version = second(resolution=2 * HOUR)

    def work():
        for incident in incidents:
            with transaction.atomic():
                locked = Incident.objects.locked(incident.pk)
                locked.next_due_at = sla.stop(locked, Metric.RESPONSE, at=minutes(30), by=None)
                locked.save()

    answers = at_once(lambda: apply(version, service_manager), lambda: apply(version, service_manager), work)
    assert sorted(type(answer).__name__ for answer in answers) == ["AppliedVersion", "NoneType", "Refused"]
    assert {kind for incident in incidents for kind in kinds(of(incident))} == {"start", "retarget"}
    assert set(Incident.objects.values_list("next_due_at", flat=True)) == {minutes(120)}
    assert sla.verify_clocks() == []


# ---- the page


def test_the_page_shows_what_would_change_and_the_agreement_then_tells_who_agreed(started, second, service_manager, client):
    incident = started()
    version = second(resolution=25 * MINUTE)
    client.force_login(service_manager)
    shown = reverse("sla:agreement", args=[version.agreement_id])
    address = reverse("sla:version_apply", args=[version.agreement_id, 2])
    with time.at(minutes(30)):
        assert address in client.get(shown).content.decode()
        page = client.get(address).content.decode()
        assert "1 open ticket counts under an earlier version." in page
        assert "This breaks 1 promise at once." in page
        assert str(incident) in page
        assert client.post(address, {"agreed": "", "breach_accepted": "yes"}).status_code == 422
        assert client.post(address, {"agreed": LETTER}).status_code == 409
        assert AppliedVersion.objects.count() == 0
        said = {"agreed": LETTER, "breach_accepted": "yes", "request_key": "a-double-click"}
        assert [client.post(address, said).status_code for _ in range(2)] == [302, 302]
        assert AppliedVersion.objects.count() == 1
        page = client.get(shown).content.decode()
        assert LETTER in page
        assert "1 promise broken at once" in page
        assert "Nothing to apply" in client.get(address).content.decode()


def test_the_page_is_for_who_keeps_agreements_and_for_what_is_published(second, agent, stranger, service_manager, client):
    version = second(since=60)
    address = reverse("sla:version_apply", args=[version.agreement_id, 2])
    client.force_login(agent)
    assert client.get(address).status_code == 403
    client.force_login(stranger)
    assert client.get(address).status_code in (403, 404)
    client.force_login(service_manager)
    assert client.get(address).status_code == 409
    assert client.get(reverse("sla:version_apply", args=[version.agreement_id, 9])).status_code == 404
