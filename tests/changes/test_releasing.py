"""Releases (8.5.3) and services that come or change greatly (8.5.2)."""

import pytest
from django.db import InternalError, transaction

from catalog.models import ConfigurationItem, ItemType
from changes import baselines, services
from changes.models import Release, ReleaseEntry, ReleaseStatus, Transition, TransitionStatus
from changes.services import releasing, transitions
from itsm.core.errors import NotAllowed, Refused
from tests.changes.conftest import NOW
from tests.changes.plans import seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
CRITERIA = ["All tests are green", "The note is written"]


@pytest.fixture
def item(ops_lead):
    kind = ItemType.objects.get_or_create(code="server", defaults={"name": "服务器", "name_en": "Server"})[0]
    return ConfigurationItem.objects.create(code="web-01", name="Web 1", type=kind, owner=ops_lead, details={"version": "1"})


@pytest.fixture
def approved(submitted, ops_lead, item):
    """A change of one item that the operations lead approved."""
    change = submitted("low", items=[item])
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    change.refresh_from_db()
    return change


@pytest.fixture
def release(approved, asker):
    return releasing.plan_release(
        by=asker, at=NOW, changes=[approved], criteria=CRITERIA, title="Spring", purpose="Patches", plan="At night", owner=asker
    )


def verified(release, by):
    for criterion in release.criteria.all():
        releasing.verify(criterion, by=by, met=True, evidence="Seen.", at=NOW)
    return release


def test_it_goes_out_only_on_criteria_that_somebody_verified(release, asker, tester):
    with pytest.raises(Refused, match="Not met yet"):
        releasing.make_ready(release, by=asker, at=NOW)
    assert releasing.make_ready(verified(release, tester), by=asker, at=NOW).status == ReleaseStatus.READY


def test_a_change_that_is_not_approved_does_not_go_out(release, assessed, asker, tester):
    releasing.edit_release(release, by=asker, at=NOW, changes=[assessed("low")])
    with pytest.raises(Refused, match="not approved"):
        releasing.make_ready(verified(release, tester), by=asker, at=NOW)


def test_the_baseline_is_what_stood_before(release, asker, tester, item, approved):
    releasing.make_ready(verified(release, tester), by=asker, at=NOW)
    release = releasing.deploy(release, by=asker, at=NOW)
    assert [row["code"] for row in release.baseline] == ["web-01"]
    assert release.baseline[0]["details"] == {"version": "1"}
    with pytest.raises(Refused, match="not done yet"):
        releasing.close_release(release, by=asker, at=NOW, result="successful", analysis="Fine.")


def test_a_criterion_keeps_what_was_verified_only_while_its_words_stay(release, asker, tester):
    verified(release, tester)
    releasing.edit_release(release, by=asker, at=NOW, criteria=["All tests are green", "The note is printed"])
    assert [criterion.met for criterion in release.criteria.all()] == [True, None]


def test_a_ready_release_that_is_edited_is_planned_anew(release, asker, tester):
    releasing.make_ready(verified(release, tester), by=asker, at=NOW)
    assert releasing.edit_release(release, by=asker, at=NOW, title="Summer").status == ReleaseStatus.PLANNED


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(release, asker):
    releasing.edit_release(release, by=asker, onto=0, at=NOW, title="Summer")
    with pytest.raises(Refused):
        releasing.edit_release(release, by=asker, onto=0, at=NOW, title="Autumn")


def test_no_change_is_in_two_releases(release, approved, asker):
    with pytest.raises(Refused, match="already"):
        releasing.plan_release(by=asker, at=NOW, changes=[approved], title="Two", purpose="-", plan="-", owner=asker)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_a_change_at_once(approved, asker, ops_lead):
    def plan(by):
        return lambda: releasing.plan_release(by=by, at=NOW, changes=[approved], title="R", purpose="-", plan="-", owner=by)

    answers = at_once(plan(asker), plan(ops_lead))
    assert sum(isinstance(answer, Release) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert ReleaseEntry.objects.count() == 1


def test_a_stranger_to_it_may_not_declare_it_ready(release, tester):
    with pytest.raises(NotAllowed):
        releasing.make_ready(verified(release, tester), by=tester, at=NOW)


def test_what_was_baselined_can_not_be_left_out(release):
    with pytest.raises(InternalError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(status="deployed", baseline=[])


def test_a_service_is_accepted_by_somebody_else_and_handed_over(asker, tester, team):
    transition = transitions.plan_transition(
        by=asker, at=NOW, kind="new", title="Night desk", responsible=asker, plan="Three months", acceptance_criteria="Calls are answered",
        expected_outcomes="Fewer complaints",
    )  # fmt: skip
    transitions.go_on(transition, by=asker, step="planned", at=NOW)
    with pytest.raises(Refused, match="design"):
        transitions.go_on(transition, by=asker, step="designed", at=NOW)
    transitions.edit_transition(transition, by=asker, at=NOW, design="Two people", test_results="A week was rehearsed.")
    transitions.go_on(transition, by=asker, step="designed", at=NOW)
    with pytest.raises(NotAllowed):
        transitions.go_on(transition, by=asker, step="accept", words="Good", at=NOW)
    transitions.go_on(transition, by=tester, step="accept", words="Good", at=NOW)
    done = transitions.go_on(transition, by=asker, step="hand_it_over", team=team, hand_over="Rota", achieved="All of it", at=NOW)
    assert done.status == TransitionStatus.HANDED_OVER


def test_the_pages(client, release, asker, tester, contact):
    client.force_login(asker)
    for address in ("/releases/", "/releases/new/", release.get_absolute_url(), release.get_absolute_url() + "edit/", "/transitions/new/"):
        assert client.get(address).status_code == 200
    answer = client.post(release.get_absolute_url() + "criteria/1/", {"met": "yes"})
    assert answer.status_code == 422
    client.post(release.get_absolute_url() + "criteria/1/", {"met": "yes", "evidence": "Seen"})
    assert release.criteria.get(no=1).met is True
    assert client.post(release.get_absolute_url() + "ready/", {}).status_code == 409
    bad = {"title": "", "starts_at": "2026-03-05T10:00", "ends_at": "2026-03-05T09:00"}
    assert client.post("/releases/new/", bad).status_code == 422
    planned = {"kind": "new", "title": "Desk", "responsible": asker.pk, "plan": "Soon"}
    assert client.post("/transitions/new/", planned).status_code == 302
    assert client.get(Transition.objects.get().get_absolute_url()).status_code == 200
    client.force_login(contact)
    assert client.get(release.get_absolute_url()).status_code == 404


def test_more_than_a_page_of_releases_is_reached(client, ops_lead):
    for no in range(51):
        releasing.plan_release(by=ops_lead, title=f"Release {no}", owner=ops_lead)
    client.force_login(ops_lead)
    first = client.get("/releases/")
    assert len(first.context["rows"]) == 50
    assert len(client.get(f"/releases/{first.context['next_url']}").context["rows"]) == 1


def test_the_page_tells_the_baseline_and_what_became_of_it_in_words(release, asker, tester, item, client):
    releasing.make_ready(verified(release, tester), by=asker, at=NOW)
    releasing.deploy(release, by=asker, at=NOW)
    ConfigurationItem.objects.filter(pk=item.pk).update(details={"version": "2"}, status="retired")
    Release.objects.filter(pk=release.pk).update(after=releasing.picture(release))
    release.refresh_from_db()
    assert baselines.rows(release.baseline)[0] | {"parents": ""} == {
        "code": "web-01", "name": "Web 1", "type": "Server", "status": "In use", "details": [("version", "1")], "parents": "",
    }  # fmt: skip
    assert baselines.differences(release) == [("web-01", "State", "In use", "Retired"), ("web-01", "version", "1", "2")]
    client.force_login(asker)
    page = client.get(release.get_absolute_url()).content.decode()
    assert "<del>In use</del> → <ins>Retired</ins>" in page
    assert "{'version'" not in page


def test_an_act_is_a_dialog_or_a_page_and_says_why_not(release, asker, client):
    client.force_login(asker)
    address = f"{release.get_absolute_url()}close/"
    assert "<html" in client.get(f"{release.get_absolute_url()}cancel/").content.decode()
    assert "<html" not in client.get(f"{release.get_absolute_url()}cancel/", headers={"HX-Request": "true"}).content.decode()
    assert client.post(address, {"result": "successful"}, headers={"HX-Request": "true"}).status_code == 422
    assert client.post(f"{release.get_absolute_url()}ready/", headers={"HX-Request": "true"}).status_code == 409
    done = client.post(f"{release.get_absolute_url()}cancel/", {"reason": "Not now"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == release.get_absolute_url()
