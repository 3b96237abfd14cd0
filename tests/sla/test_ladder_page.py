"""The ladder of a draft: written, refused with a sentence, tried out."""

from datetime import timedelta

import pytest
from django.urls import reverse

from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Absence, Appointment, Role, Shift
from sla import ladder
from sla import services as sla
from tests import cast
from tests.sla.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
BACKEND = "itsm.people.backends.SignInBackend"
BREACH = {"mark": "100", "who": ["supervisor"], "priorities": ["1", "2", "3", "4"]}


@pytest.fixture
def draft(agreement, service_manager):
    return sla.draft_version(agreement.agreement, by=service_manager)


@pytest.fixture
def page(draft):
    return reverse("sla:ladder_edit", args=[draft.agreement_id])


@pytest.fixture
def desk(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


def typed(*rows, **more):
    """What a browser sends for these rows."""
    data = {"rung-TOTAL_FORMS": len(rows), "rung-INITIAL_FORMS": 0, **more}
    return data | {f"rung-{i}-{name}": value for i, row in enumerate(rows) for name, value in row.items()}


def tried(team, **more):
    usual = {"priority": 1, "tier": "core", "weekday": 4, "at": "18:55", "on": "", "team": team.pk, "assignee": ""} | more
    return {f"try-{name}": value for name, value in usual.items()}


def test_a_ladder_is_written_and_published_with_its_draft(desk, page, draft):
    row = {"mark": "60", "who": ["assignee", "lead"], "priorities": ["1", "2"], "metrics": ["resolution"]}
    later = {"mark": "130", "who": ["top_management"], "priorities": ["1", "2", "3", "4"], "minutes_1": "10"}
    assert desk.post(page, typed(later, BREACH, row, act="save")).url == reverse("sla:agreement", args=[draft.agreement_id])
    draft.refresh_from_db()
    assert draft.ladder == [
        {"mark": 60, "who": ["assignee", "lead"], "priorities": [1, 2], "metrics": ["resolution"]},
        {"mark": 100, "who": ["supervisor"], "priorities": [1, 2, 3, 4]},
        {"mark": 130, "who": ["top_management"], "priorities": [1, 2, 3, 4], "minutes": {"1": 10}},
    ]
    shown = desk.get(reverse("sla:agreement", args=[draft.agreement_id])).content.decode()
    assert "30 % of the time later: top management" in shown
    assert "P1: 10 min after the breach" in shown


FIRST = {"mark": "75", "who": ["assignee"], "priorities": ["1"]}
WRONG = [
    ([], "The breach itself (100 %) is a step"),
    ([FIRST], "The breach itself (100 %) is a step"),
    ([BREACH | {"who": ["lead"]}], "The breach itself (100 %) is a step"),
    ([BREACH | {"priorities": ["1"]}], "The step at the breach is for every priority"),
    ([FIRST, FIRST, BREACH], "Two steps stand at 75 %"),
    ([FIRST | {"minutes_1": "5"}, BREACH], "Minutes count from the breach"),
    ([FIRST | {"who": []}, BREACH], "Say who is told."),
    ([FIRST | {"priorities": []}, BREACH], "Say for which priorities."),
    ([FIRST | {"mark": "0"}, BREACH], "greater than or equal to 1"),
    ([FIRST | {"mark": "x"}, BREACH], "Enter a whole number"),
    ([BREACH, FIRST | {"mark": "150"}, FIRST | {"mark": "200", "minutes_1": "1"}], "For P1 the step at 200 % comes no later"),
]


@pytest.mark.parametrize(("rows", "sentence"), WRONG)
def test_a_wrong_ladder_is_a_sentence_and_nothing_is_saved(desk, page, draft, rows, sentence):
    answer = desk.post(page, typed(*rows, act="save"))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    draft.refresh_from_db()
    assert draft.ladder == ladder.default()


def test_the_service_refuses_what_the_form_would(draft, service_manager, engineer):
    with pytest.raises(Refused, match="breach itself"):
        sla.save_ladder(draft, by=service_manager, rungs=[])
    with pytest.raises(NotAllowed):
        sla.save_ladder(draft, by=engineer, rungs=ladder.DEFAULT)
    assert sla.save_ladder(draft, by=service_manager, rungs=ladder.DEFAULT).ladder == ladder.default()


def test_a_published_ladder_never_changes(agreement, service_manager):
    with pytest.raises(Refused, match="Only a draft's ladder"):
        sla.save_ladder(agreement, by=service_manager, rungs=ladder.DEFAULT)


def rows_of(answer):
    return [form["mark"].value() for form in answer.context["rungs"]]


def test_rows_come_go_and_are_reset_without_being_saved(desk, page, draft):
    assert rows_of(desk.get(page)) == [25, 50, 75, 90, 100, 150, 200]
    assert rows_of(desk.post(page, typed(FIRST, BREACH, act="add"))) == ["75", "100", None]
    assert rows_of(desk.post(page, typed(FIRST, BREACH, act="remove-0"))) == ["100"]
    assert rows_of(desk.post(page, typed(BREACH, act="default"))) == [25, 50, 75, 90, 100, 150, 200]
    draft.refresh_from_db()
    assert draft.ladder == ladder.default()


@pytest.mark.parametrize("total", ["", "x", "-1", "9" * 300, "²", "1000"])
def test_nonsense_is_no_accident(desk, page, total):
    for act in ("save", "add", "remove-x", "try", "default", ""):
        assert desk.post(page, {"rung-TOTAL_FORMS": total, "rung-INITIAL_FORMS": "x", "act": act, "try-at": "x"}).status_code in (200, 422)


def test_only_keepers_of_agreements_come_in(client, page, engineer):
    client.force_login(engineer, backend=BACKEND)
    assert client.get(page).status_code == 403


def names(rehearsal):
    return [(telling.mark, [person.username for person in telling.people]) for telling in rehearsal.tellings]


@pytest.fixture
def people(team, agent, engineer, team_lead, service_manager, top_manager):
    """A desk agent on shift on Friday until 19:00, a supervisor absent on Friday with a deputy."""
    friday = MONDAY + timedelta(days=4)
    Shift.objects.create(person=agent, starts_at=friday, ends_at=friday + timedelta(hours=10))
    boss = cast.staff("supervisor", Role.SUPERVISOR, team=team)
    Appointment.objects.filter(person=boss).update(deputy=cast.staff("deputy"))
    Absence.objects.create(person=boss, first_on="2026-10-02", last_on="2026-10-02")
    return friday


def test_a_p1_at_1855_on_a_friday_is_rehearsed_with_the_people_planned_then(draft, people, team, engineer):
    contact = {"tier": "core", "priority": 1, "contacted_at": people + timedelta(hours=9, minutes=55), "team": team}
    response, resolution, _update = sla.rehearse(draft, **contact, assignee=None)
    assert names(response) == [
        (25, ["agent"]), (50, ["lead"]), (75, ["lead"]), (100, ["lead", "deputy"]), (150, ["manager"]), (200, ["boss"]),
    ]  # fmt: skip
    assert response.left_out == [(90, 75)]
    assert [telling.since for telling in response.tellings][-2:] == [900, 1800]
    assert names(resolution)[0] == (50, ["lead"])
    held = sla.rehearse(draft, **contact, assignee=engineer)
    assert names(held[0])[:2] == [(25, []), (50, ["engineer"])]


def test_what_people_say_of_themselves_today_does_not_count_for_friday(draft, people, team, engineer):
    engineer.availability = "away"
    engineer.save()
    contact = {"tier": "core", "priority": 1, "contacted_at": people, "team": team, "assignee": engineer}
    assert names(sla.rehearse(draft, **contact)[0])[1] == (50, ["engineer"])


def test_the_rehearsal_says_what_the_sweep_then_does(agreement, draft, make_incident, people, team, engineer):
    at = people + timedelta(hours=9, minutes=55)
    foreseen = sla.rehearse(draft, tier="core", priority=2, contacted_at=at, team=team, assignee=engineer)[0]
    incident = make_incident(2, assignee=engineer, contacted_at=at)
    sla.start(incident, by=None, priority=2)
    for telling in foreseen.tellings:
        sla.sweep(telling.at + timedelta(milliseconds=1))
        fired = incident_fires(incident)
        assert fired[-1] == (str(telling.mark), telling.at)
    assert len(incident_fires(incident)) == len(foreseen.tellings)


def incident_fires(incident):
    fires = sla.record_faces(incident)[0][0].fires.order_by("id")
    return list(fires.values_list("step", "scheduled_for"))


def test_the_page_tries_the_rows_as_they_are_typed(desk, page, draft, people, team):
    shown = desk.get(page).content.decode()
    assert "90 % would come within 20 seconds of the next step and is left out; its people hear at 75 %." in shown
    assert "2026-10-02 18:57:00" in shown
    answer = desk.post(page, typed(FIRST, BREACH, act="try") | tried(team, at="09:00", on="2026-10-13"))
    assert answer.status_code == 200
    assert "2026-10-13 09:02:00" in answer.content.decode()
    assert "supervisor" in answer.content.decode()
    wrong = desk.post(page, typed(FIRST, act="try") | tried(team))
    assert (wrong.status_code, b"Nothing can be tried" in wrong.content) == (422, True)
    assert desk.post(page, typed(BREACH, act="try") | tried(team, on="0001-01-01")).status_code == 422
