"""The page on which a change is written: nothing typed is lost, nothing senseless is saved, and nobody edits onto another's edit."""

from datetime import timedelta

import pytest
from django.urls import reverse

from changes import services
from changes.models import Change, Kind, Status
from itsm.core.errors import Refused
from itsm.people.models import Person
from tests import cast
from tests.changes import plans, writings
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def typed(instant):
    """An instant as a browser sends it, in Shanghai."""
    return (instant + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def desk(client, asker):
    return writings.signed_in(client, asker)


@pytest.fixture
def form(company, doer, customer):
    """`form(**fields)`: what a browser sends for a complete change."""

    def made(steps=(("Patch node 1", "20"), ("Patch node 2", "20")), **fields):
        data = {
            "kind": "normal", "category": "infrastructure", "title": "Patch", "reason": "A hole.", "benefit": "", "impact": "",
            "back_out_plan": "Boot the old one.", "test_evidence": "Tried.", "starts_at": typed(NOW + timedelta(days=7)),
            "ends_at": typed(NOW + timedelta(days=7, hours=2)), "implementer": doer.pk, "customers": [customer.pk], "act": "save",
            "plan-rows": len(steps) + 2,
        }  # fmt: skip
        data |= {
            f"plan-{no}-{name}": value for no, step in enumerate(steps) for name, value in zip(("words", "minutes"), step, strict=True)
        }
        return {**data, **fields}

    return made


def test_a_change_is_written(desk, form, asker, doer, customer):
    answer = desk.post(reverse("changes:new"), form(act="risk"))
    change = Change.objects.get()
    assert answer.url == reverse("changes:risk", args=[change.number])
    assert (change.requester, change.implementer, change.status) == (asker, doer, Status.DRAFT)
    assert change.plan == [{"words": "Patch node 1", "minutes": 20}, {"words": "Patch node 2", "minutes": 20}]
    assert (change.starts_at, change.ends_at) == (NOW + timedelta(days=7), NOW + timedelta(days=7, hours=2))
    assert list(change.customers.all()) == [customer]


def test_a_double_click_writes_one(desk, form):
    for _click in range(2):
        desk.post(reverse("changes:new"), form(request_key="a" * 32))
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_at": typed(NOW + timedelta(days=6))}, "The window ends before it begins."),
        ({"ends_at": ""}, "A window has a beginning and an end."),
        ({"starts_at": typed(NOW - timedelta(hours=1))}, "This window has begun already."),
        ({"starts_at": "1900-01-01T00:00", "ends_at": "1900-01-01T02:00"}, "This window has begun already."),
        ({"starts_at": "2200-01-01T00:00", "ends_at": "2200-01-01T02:00"}, "Choose a window within two years."),
        ({"ends_at": typed(NOW + timedelta(days=70))}, "at most 31 days long"),
        ({"starts_at": "x"}, "Enter a valid date/time."),
        ({"category": "nonsense"}, "Select a valid choice"),
        ({"kind": "standard"}, "Select a valid choice"),
        ({"title": ""}, "This field is required."),
        ({"implementer": "999999"}, "has left or is none of ours"),
        ({"services": ["999999"]}, "does not exist here any more"),
        ({"items": ["x"]}, "does not exist here any more"),
        ({"customers": ["999999"]}, "does not exist here any more"),
        ({"plan-0-minutes": "0"}, "Step 1: say how many minutes"),
        ({"plan-1-minutes": "99999999"}, "Step 2: say how many minutes"),
        ({"plan-0-minutes": "ten"}, "Step 1: say how many minutes"),
        ({"plan-0-words": ""}, "Step 1: say what is done."),
    ],
)
def test_nonsense_is_a_sentence_and_nothing_typed_is_lost(desk, form, fields, said):
    answer = desk.post(reverse("changes:new"), form(**fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Boot the old one." in page
    assert "Patch node 2" in page
    assert not Change.objects.exists()
    assert desk.post(reverse("changes:new"), form()).status_code == 302


def test_a_plan_of_two_hundred_steps_is_one_and_of_one_more_is_not(desk, form):
    steps = [(f"Step {no}", "1") for no in range(200)]
    assert desk.post(reverse("changes:new"), form(steps)).status_code == 302
    answer = desk.post(reverse("changes:new"), form([*steps, ("One more", "1")]))
    assert "at most 200 steps" in answer.content.decode()


def test_a_draft_may_have_no_plan_and_no_window(desk, form):
    assert desk.post(reverse("changes:new"), form((), starts_at="", ends_at="", implementer="")).status_code == 302


def test_rows_of_the_plan_move_without_a_script(desk, form):
    answer = desk.post(reverse("changes:new"), form(act="plan-down-0", title=""))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.index("Patch node 2") < page.index("Patch node 1")
    for act in ("plan-remove-0", "plan-up-99", "plan-x", "plan-up--1", "plan-more"):
        assert desk.post(reverse("changes:new"), form(act=act)).status_code == 200
    assert not Change.objects.exists()


def test_who_left_does_not_carry_it_out(desk, form, doer):
    Person.objects.filter(pk=doer.pk).update(is_active=False)
    assert "has left" in desk.post(reverse("changes:new"), form()).content.decode()


def test_a_customer_is_a_customer(desk, form, own_company):
    assert desk.post(reverse("changes:new"), form(customers=[own_company.pk])).status_code == 422


def test_a_service_that_was_retired_since_is_taken_out(desk, draft, form, team, service_manager):
    service = writings.service(team, service_manager)
    change = draft(services=[service])
    service.retired_at = NOW
    service.save()
    page = reverse("changes:edit", args=[change.number])
    assert "is retired meanwhile" in desk.post(page, form(services=[service.pk])).content.decode()
    assert desk.post(page, form()).status_code == 302


def sent_back(answer):
    """What a browser sends when somebody saves a page as it came."""
    form = answer.context["form"]
    data = {"act": "save", "plan-rows": len(form.plan.shown())}
    for bound in form:
        value = bound.value()
        if hasattr(value, "tzinfo"):
            value = typed(value)  # read here, it is in UTC
        if value is not None and value is not False:
            data[bound.name] = value.replace("\n", "\r\n") if isinstance(value, str) else value
    for no, row in enumerate(form.plan.shown()):
        data |= {f"plan-{no}-words": row["words"], f"plan-{no}-minutes": row["minutes"]}
    return data


def test_saving_a_page_as_it_came_is_no_edit(desk, submitted, service_manager):
    change = submitted("high", reason="Line one\nline two", starts_at=NOW + timedelta(days=7, seconds=30))
    services.decide(seat(change, "service_manager"), by=service_manager, choice="approve", at=NOW)
    page = reverse("changes:edit", args=[change.number])
    assert desk.post(page, sent_back(desk.get(page))).status_code == 302
    change.refresh_from_db()
    assert change.status == Status.AWAITING
    assert change.rounds.get().outcome == "pending"


def test_it_says_beforehand_whose_decisions_an_edit_voids(desk, submitted, service_manager):
    change = submitted("high")
    page = reverse("changes:edit", args=[change.number])
    assert "voids" not in desk.get(page).content.decode()
    services.decide(seat(change, "service_manager"), by=service_manager, choice="approve", at=NOW)
    assert "沈若宁 has decided." in desk.get(page).content.decode()
    desk.post(page, {**sent_back(desk.get(page)), "back_out_plan": "None."})
    change.refresh_from_db()
    assert change.status == Status.ASSESSED


def test_an_edit_onto_something_older_is_held_and_can_be_saved_knowingly(desk, draft, asker, form):
    change = draft()
    page = reverse("changes:edit", args=[change.number])
    mine = {**sent_back(desk.get(page)), "back_out_plan": "Mine."}
    services.edit(change, by=asker, at=NOW, back_out_plan="Theirs.", reason="Another.")
    answer = desk.post(page, mine)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed it meanwhile." in text
    assert "Theirs." in text
    assert "Mine." in text
    assert desk.post(page, {**mine, "onto": answer.context["form"]["onto"].value()}).status_code == 302
    change.refresh_from_db()
    assert change.back_out_plan == "Mine."


def test_whose_change_it_is_not_does_not_edit(client, draft, doer, auditor):
    change = draft()
    page = reverse("changes:edit", args=[change.number])
    assert writings.signed_in(client, auditor).get(page).status_code == 403
    assert client.post(page, {}).status_code == 403
    assert writings.signed_in(client, doer).get(page).status_code == 200


def test_what_is_over_is_not_edited(desk, draft, asker):
    change = services.cancel(draft(), by=asker, at=NOW, reason="No.")
    assert desk.get(reverse("changes:edit", args=[change.number])).status_code == 409


def test_items_are_found_by_typing(desk):
    answer = desk.get(reverse("changes:pick_items"), {"q": "x\0"})
    assert answer.json() == {"results": []}


@pytest.fixture
def model(company, asker, service_manager):
    made = services.write_model(by=asker, at=NOW, **writings.MODEL)
    return services.approve_model(made, by=service_manager, at=NOW, review_due_on=NOW.date() + timedelta(days=300))


def test_a_standard_change_copies_its_model(desk, model, form, customer):
    assert model.name in desk.get(reverse("changes:new_from_model")).content.decode()
    page = reverse("changes:follow", args=[model.code])
    assert "Put the old one back." in desk.get(page).content.decode()
    assert desk.post(page, {**form(), "model": model.code, "reason": "Not from the model"}).status_code == 302
    change = Change.objects.get()
    assert (change.kind, change.model, change.plan, change.reason) == (Kind.STANDARD, model, model.plan, "It runs out.")
    page = reverse("changes:edit", args=[change.number])
    assert desk.post(page, {**form(title="Another"), "onto": "0"}).status_code == 302
    change.refresh_from_db()
    assert (change.title, change.plan) == ("Another", model.plan)


def test_an_emergency_may_have_begun_already(desk, form):
    window = {"starts_at": typed(NOW - timedelta(hours=1)), "ends_at": typed(NOW + timedelta(hours=1))}
    assert desk.post(reverse("changes:new_emergency"), form(kind="emergency", **window)).status_code == 302
    assert Change.objects.get().kind == Kind.EMERGENCY


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"plan": [{"words": "", "minutes": 5}]}, "say what is done"),
        ({"plan": [{"words": "x", "minutes": True}]}, "how many minutes"),
        ({"starts_at": NOW, "ends_at": NOW}, "ends before it begins"),
    ],
)
def test_no_door_saves_nonsense(draft, asker, fields, said):
    with pytest.raises(Refused, match=said):
        draft(**fields)
    with pytest.raises(Refused, match=said):
        services.edit(draft(), by=asker, at=NOW, **fields)


def test_who_will_decide_is_told_while_one_writes(desk, company, team, service_manager, customer):
    service = writings.service(team, service_manager)
    writings.bought(customer, service)
    answer = desk.get(reverse("changes:who"), {"kind": "normal", "category": "database", "services": [service.pk]}).content.decode()
    assert "High risk: service manager, technical lead and customer together" in answer
    assert f'data-name-customer="{customer.pk}"' in answer
    assert "Choose a category first." in desk.get(reverse("changes:who"), {"category": "?"}).content.decode()


def test_the_risk_page_assesses(desk, draft):
    change = draft()
    page = reverse("changes:risk", args=[change.number])
    assert desk.get(page).status_code == 200
    answers = {f"q-{code}": points for code, points in plans.answers("medium").items()}
    assert desk.post(page, {"questionnaire": 1, **answers, "remark": "Quiet night"}).status_code == 302
    change.refresh_from_db()
    assert (change.status, change.risk, change.assessment.remark) == (Status.ASSESSED, "medium", "Quiet night")
    assert desk.post(page, {"questionnaire": 1, **answers, "triggers": ["irreversible_data"]}).status_code == 302
    change.refresh_from_db()
    assert change.risk == "high"


@pytest.mark.parametrize(
    ("fields", "said"), [({"q-users": ""}, "Choose one"), ({"q-users": "9"}, "valid choice"), ({"questionnaire": "7"}, "meanwhile")]
)
def test_the_risk_page_keeps_what_was_chosen(desk, draft, fields, said):
    answers = {f"q-{code}": points for code, points in plans.answers("medium").items()}
    answer = desk.post(reverse("changes:risk", args=[draft().number]), {"questionnaire": 1, **answers, "remark": "Kept", **fields})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Kept" in answer.content.decode()


def test_who_may_not_assess_is_refused(client, draft):
    other = cast.staff("other", name="别人")
    assert writings.signed_in(client, other).get(reverse("changes:risk", args=[draft().number])).status_code == 403
