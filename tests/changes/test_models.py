"""Standard models: approved by somebody else, edited back to draft, suspended with a reason, not used past their review."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from changes import services
from changes.models import Change, Kind, ModelStatus, StandardModel
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Role
from tests import cast
from tests.changes import writings
from tests.changes.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
REVIEW = NOW.date() + timedelta(days=300)


@pytest.fixture
def model(company, asker):
    return services.write_model(by=asker, at=NOW, **writings.MODEL)


@pytest.fixture
def approved(model, service_manager):
    return services.approve_model(model, by=service_manager, at=NOW, review_due_on=REVIEW)


@pytest.fixture
def follow(asker, doer):
    """`follow(model)`: a complete standard change that follows it."""

    def made(model, at=NOW):
        window = {"starts_at": at + timedelta(days=1), "ends_at": at + timedelta(days=1, hours=1)}
        return services.raise_change(by=asker, at=at, kind=Kind.STANDARD, model=model, title="Run", implementer=doer, **window)

    return made


def test_nobody_approves_what_they_wrote(service_manager, asker):
    own = services.write_model(by=service_manager, at=NOW, **writings.MODEL)
    with pytest.raises(NotAllowed, match="nobody their own"):
        services.approve_model(own, by=service_manager, at=NOW, review_due_on=REVIEW)
    other = cast.staff("cm", Role.CHANGE_MANAGER)
    assert services.approve_model(own, by=other, at=NOW, review_due_on=REVIEW).status == ModelStatus.APPROVED


def test_nobody_approves_what_they_edited_last(model, service_manager):
    services.edit_model(model, by=service_manager, at=NOW, back_out_plan="Mine.")
    with pytest.raises(NotAllowed):
        services.approve_model(model, by=service_manager, at=NOW, review_due_on=REVIEW)
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardModel.objects.update(approved_by=service_manager)


def test_an_engineer_does_not_approve(model, doer):
    with pytest.raises(NotAllowed):
        services.approve_model(model, by=doer, at=NOW, review_due_on=REVIEW)


def test_what_is_incomplete_is_not_approved(model, asker, service_manager):
    services.edit_model(model, by=asker, at=NOW, back_out_plan=" ")
    with pytest.raises(Refused, match="how to get back"):
        services.approve_model(model, by=service_manager, at=NOW, review_due_on=REVIEW)


@pytest.mark.parametrize("days", [0, -1, 732, 100_000])
def test_the_next_review_is_within_two_years(model, service_manager, days):
    with pytest.raises(Refused, match="within two years"):
        services.approve_model(model, by=service_manager, at=NOW, review_due_on=NOW.date() + timedelta(days=days))


def test_an_edit_of_an_approved_model_makes_it_a_draft(approved, asker, follow):
    change = follow(approved)
    edited = services.edit_model(approved, by=asker, at=NOW, plan=[{"words": "Otherwise", "minutes": 5}])
    assert (edited.status, edited.approved_by) == (ModelStatus.DRAFT, None)
    with pytest.raises(Refused, match="not approved at present"):
        services.take_up(change, by=asker, at=NOW)
    change.refresh_from_db()
    assert change.plan == writings.MODEL["plan"]  # the run keeps what it followed


def test_a_run_takes_over_the_model_that_was_approved_since(approved, asker, service_manager, follow):
    change = follow(approved)
    services.edit_model(approved, by=asker, at=NOW, plan=[{"words": "Otherwise", "minutes": 5}])
    services.approve_model(approved, by=service_manager, at=NOW, review_due_on=REVIEW)
    change = Change.objects.get(pk=change.pk)
    with pytest.raises(Refused, match="not those of the model any more"):
        services.take_up(change, by=asker, at=NOW)
    change = services.copy_model(change, by=asker, at=NOW)
    assert services.take_up(change, by=asker, at=NOW).plan == [{"words": "Otherwise", "minutes": 5}]


def test_a_model_past_its_review_is_not_used_until_somebody_looked(approved, asker, service_manager, follow):
    change, late = follow(approved), NOW + timedelta(days=301)
    with pytest.raises(Refused, match="review of this model is overdue"):
        services.take_up(change, by=asker, at=late)
    with pytest.raises(Refused, match="overdue"):
        follow(approved, at=late)
    services.review_model(approved, by=service_manager, at=late, review_due_on=REVIEW + timedelta(days=300))
    change = Change.objects.get(pk=change.pk)
    assert services.take_up(change, by=asker, at=late).submitted_at == late


def test_a_model_is_suspended_by_hand_with_a_reason(approved, asker, doer, service_manager, follow):
    with pytest.raises(NotAllowed):
        services.suspend_model(approved, by=doer, at=NOW, reason="I say so.")
    with pytest.raises(Refused, match="Say why"):
        services.suspend_model(approved, by=service_manager, at=NOW, reason=" ")
    suspended = services.suspend_model(approved, by=service_manager, at=NOW, reason="The supplier changed it.")
    assert (suspended.status, suspended.suspended_why) == (ModelStatus.SUSPENDED, "The supplier changed it.")
    with pytest.raises(Refused):
        follow(approved)


def test_an_edit_onto_something_older_is_refused(approved, asker):
    with pytest.raises(Refused, match="changed it meanwhile"):
        services.edit_model(approved, by=asker, at=NOW, onto=0, name="Another")


@pytest.fixture
def manager(client, service_manager):
    return writings.signed_in(client, service_manager)


def form(**fields):
    rows = {"plan-rows": "1", "plan-0-words": "Install it", "plan-0-minutes": "15"}
    return {**{k: v for k, v in writings.MODEL.items() if k != "plan"}, **rows, "act": "save", **fields}


def test_the_pages_of_a_models_life(client, manager, company, asker, service_manager, follow):
    writings.signed_in(client, asker)
    assert client.post(reverse("changes:model_new"), form()).url == reverse("changes:model", args=["certificate"])
    page = reverse("changes:model", args=["certificate"])
    assert "Approve the model" not in client.get(page).content.decode()
    writings.signed_in(client, service_manager)
    assert "Approve the model" in client.get(page).content.decode()
    approve = reverse("changes:model_act", args=["certificate", "approve"])
    assert client.get(approve).status_code == 200
    assert client.post(approve, {"review_due_on": "2020-01-01"}).status_code == 422
    assert client.post(approve, {"review_due_on": REVIEW.isoformat()}).status_code == 302
    follow(StandardModel.objects.get())
    assert "CHG-" in client.get(page).content.decode()
    assert client.get(reverse("changes:models")).status_code == 200
    assert client.post(reverse("changes:model_edit", args=["certificate"]), form(name="Certificates")).status_code == 302
    assert StandardModel.objects.get().status == ModelStatus.DRAFT
    for act in ("rework", "suspend", "nonsense"):
        assert client.get(reverse("changes:model_act", args=["certificate", act])).status_code in (200, 404)
    assert client.post(reverse("changes:model_act", args=["certificate", "retire"]), {}).status_code == 302
    assert client.get(reverse("changes:model_edit", args=["certificate"])).status_code == 409


@pytest.mark.parametrize(
    ("fields", "said"), [({"code": "new"}, "Another model has this code"), ({"plan-0-minutes": "0"}, "Step 1"), ({"name": ""}, "required")]
)
def test_nonsense_is_a_sentence(manager, fields, said):
    answer = manager.post(reverse("changes:model_new"), form(**fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
