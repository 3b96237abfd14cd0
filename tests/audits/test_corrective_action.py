"""Corrective action: a cause that is one, a plan approved by the right people, and a proof on records from after the fix."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from audits import cause_check, sampling, services
from audits.models import Climb, CorrectiveAction, DueMove, Finding, PlanApproval, Verdict, VerificationSample
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.people.models import Role
from tests import cast
from tests.audits.conftest import DAY, NOW, TODAY
from tests.audits.finding import CAUSE, SAID, action_of, approve, come_to, fresh, plan, results

pytestmark = pytest.mark.django_db
LATER = NOW + 31 * DAY


@pytest.fixture
def fixed(action_at, handled):
    """An action carried out at NOW, and twenty incidents since."""
    action = action_at("implemented")
    handled(5, NOW - DAY)
    handled(20, NOW + DAY)
    return action


@pytest.fixture
def drawn(fixed, company):
    """The same with its sample drawn a month later by the auditor."""
    return services.draw_sample(fixed, by=company["auditor"], at=LATER)


@pytest.mark.parametrize(
    "cause",
    [
        "Human error.", "It was human error", "Carelessness of the engineer", "due to an oversight by our staff", "人为失误",
        "由于工程师疏忽大意造成", "员工责任心不强", "忘记了。", "The engineer forgot.",
    ],
)  # fmt: skip
def test_human_error_alone_is_no_cause(cause):
    assert "Human error" in str(cause_check.refusal(cause, [SAID["gap"]]))


@pytest.mark.parametrize(
    "cause",
    [
        SAID["gap"], "The customer had not confirmed, nobody reminded them a second time!", "the customer had not confirmed it",
        SAID["requirement"], f"{SAID['gap']} {SAID['requirement']}",
    ],
)  # fmt: skip
def test_saying_the_finding_again_is_no_cause(cause):
    assert "again" in str(cause_check.refusal(cause, [SAID["gap"], SAID["evidence"], SAID["requirement"]]))


@pytest.mark.parametrize(
    "cause",
    [
        CAUSE, "The engineer forgot because the form closes without asking for a receipt.", "程序没有规定谁在关闭前核对客户确认",
        "培训计划没有覆盖夜班，值班人员不知道要先取得确认", "No reminder is scheduled: the script stops after the first mail.",
    ],
)  # fmt: skip
def test_what_let_it_happen_is_a_cause(cause):
    assert (
        cause_check.refusal(cause, [SAID["gap"], SAID["evidence"], SAID["requirement"], "只提醒一次，当天由处理人自行关闭，客户没有确认。"])
        is None
    )


def test_five_whys_end_with_the_cause(action_at, company):
    action = action_at("corrected")
    whys = ["It was closed at once.", "Nothing stopped it.", CAUSE]
    with pytest.raises(Refused, match="three times"):
        services.explain(action, by=company["owner"], method="whys", whys=whys[:2], at=NOW)
    with pytest.raises(Refused, match="no cause"):
        services.explain(action, by=company["owner"], method="whys", whys=[*whys[:2], "Human error"], at=NOW)
    services.explain(action, by=company["owner"], method="whys", whys=whys, at=NOW)
    assert (fresh(action).cause, fresh(action).whys) == (CAUSE, whys)


def test_a_better_cause_asks_for_the_extent_again(action_at, company):
    action = action_at("planning")
    services.explain(action, by=company["owner"], method="free", cause="The script that reminds stops after one mail.", at=NOW)
    assert (fresh(action).status, fresh(action).extent) == ("explained", "")


@pytest.mark.parametrize(
    ("status", "act", "details"),
    [
        ("opened", services.explain, {"method": "free", "cause": CAUSE}),
        ("corrected", services.look_around, {"extent": "Everywhere."}),
        ("explained", services.propose, plan(None, NOW)),
        ("proposed", services.implement, {"implementation": "Done."}),
        ("approved", services.draw_sample, {}),
    ],
)
def test_no_step_is_left_out(action_at, company, status, act, details):
    action = action_at(status)
    details |= {"owner": company["owner"]} if "owner" in details else {}
    details |= {"implementer": company["fixer"]} if "implementation" in details else {}
    by = company["auditor"] if act is services.draw_sample else company["owner"]
    with pytest.raises(Refused):
        act(action, by=by, at=NOW, **details)
    assert fresh(action).status == status


@pytest.mark.parametrize("who", ["auditor", "fixer", "service_manager", "top_manager"])
def test_only_the_owner_and_who_answers_for_it_correct(action_at, company, who):
    action = action_at("opened")
    with pytest.raises(NotAllowed):
        services.correct(action, by=company[who], correction="Done.", at=NOW)
    services.correct(action, by=company["auditee"], correction="Done.", at=NOW)
    assert fresh(action).status == "corrected"
    assert fresh(action.finding).status == "correcting"


@pytest.mark.parametrize("missing", ["plan", "criterion", "sampled_from"])
def test_a_plan_says_how_one_will_see_that_it_works(action_at, company, missing):
    action = action_at("planning")
    with pytest.raises(Refused):
        services.propose(action, by=company["owner"], at=NOW, **plan(company["owner"], NOW, **{missing: " "}))
    services.propose(action, by=company["owner"], at=NOW, **plan(company["owner"], NOW))
    assert fresh(action).next_due_on == TODAY + 20 * DAY


def test_a_plan_is_due_in_time(action_at, company):
    action = action_at("planning")
    with pytest.raises(Refused, match="past"):
        services.propose(action, by=company["owner"], at=NOW, **plan(company["owner"], NOW, due_on=TODAY - DAY))


def test_the_process_owner_approves_a_minor_ones_plan_and_nobody_their_own(action_at, company):
    action = action_at("proposed")
    for who in ("owner", "fixer", "auditor"):
        with pytest.raises(NotAllowed):
            services.approve(action, by=company[who], at=NOW)
    services.approve(action, by=company["auditee"], at=NOW)
    assert fresh(action).status == "approved"
    own = action_at("proposed", clause="8.5.1", owner=company["auditee"])
    with pytest.raises(NotAllowed):
        services.approve(own, by=company["auditee"], at=NOW)


def test_a_major_ones_plan_needs_the_service_manager_and_top_management(action_at, company):
    action = action_at("proposed", grade="major")
    with pytest.raises(NotAllowed):
        services.approve(action, by=company["auditee"], at=NOW)
    services.approve(action, by=company["top_manager"], at=NOW)
    assert fresh(action).status == "proposed"
    with pytest.raises(NotAllowed):
        services.approve(action, by=company["top_manager"], at=NOW)
    services.approve(action, by=company["service_manager"], at=NOW)
    assert fresh(action).status == "approved"
    assert set(PlanApproval.objects.values_list("seat", flat=True)) == {"service_manager", "top_management"}


def test_another_proposal_is_approved_anew(action_at, company):
    action = action_at("proposed", grade="major")
    services.approve(action, by=company["top_manager"], at=NOW)
    services.send_back(action, by=company["service_manager"], reason="Who trains the night shift?", at=NOW)
    with pytest.raises(Refused, match="why the date moves"):
        services.propose(action, by=company["owner"], at=NOW, **plan(company["owner"], NOW, due_on=TODAY + 30 * DAY))
    again = plan(company["owner"], NOW, due_on=TODAY + 30 * DAY)
    services.propose(action, by=company["owner"], at=NOW, due_reason="The night shift is trained in April.", **again)
    services.approve(action, by=company["service_manager"], at=NOW)
    assert fresh(action).status == "proposed"
    services.approve(action, by=company["top_manager"], at=NOW)
    assert fresh(action).status == "approved"
    assert DueMove.objects.get(action=action).reason == "The night shift is trained in April."


def test_who_approved_a_plan_does_not_become_its_owner(action_at, company):
    action = action_at("approved")
    with pytest.raises(Refused, match="approved the plan"):
        services.hand_over(action, by=company["service_manager"], owner=company["auditee"], reason="Ill.", at=NOW)
    services.hand_over(action, by=company["service_manager"], owner=company["fixer"], reason="Ill.", at=NOW)
    assert fresh(action).owner == company["fixer"]


def test_only_records_from_after_the_fix_are_drawn(drawn, fixed):
    sample = VerificationSample.objects.get(action=drawn)
    assert (sample.population, len(sample.records), sample.since) == (20, 8, fixed.implemented_at)
    assert all(record["picture"]["contacted_at"] >= "2026-03-05" for record in sample.records)
    assert sample.holds
    assert sample.digest == sampling.population_digest(sample.frozen)


def test_the_sample_is_drawn_once_and_stays(drawn, company):
    with pytest.raises(Refused):
        services.draw_sample(drawn, by=company["auditor"], at=LATER)
    for change in ({"seed": 1}, {"rows": []}, {"records": []}):
        with pytest.raises(DatabaseError), transaction.atomic():
            VerificationSample.objects.filter(action=drawn).update(**change)


def test_it_is_judged_after_the_days_or_the_records_that_the_plan_named(action_at, handled, company):
    action = action_at("implemented")
    with pytest.raises(Refused, match="nothing to test"):
        services.draw_sample(action, by=company["auditor"], at=LATER)
    handled(9, NOW + DAY)
    with pytest.raises(Refused, match="so far there are 9"):
        services.draw_sample(action, by=company["auditor"], at=NOW + 2 * DAY)
    handled(1, NOW + DAY)
    services.draw_sample(action, by=company["auditor"], at=NOW + 2 * DAY)
    assert fresh(action).status == "verifying"


@pytest.mark.parametrize("who", ["owner", "fixer"])
def test_neither_owner_nor_implementer_judges(drawn, fixed, company, who):
    with pytest.raises(NotAllowed):
        services.judge(drawn, by=company[who], results=results(drawn), words="All good.", at=LATER)
    sample = VerificationSample.objects.get(action=drawn)
    with pytest.raises(DatabaseError), transaction.atomic():
        Verdict.objects.create(sample=sample, results=[], passed=8, judged=8, is_effective=True, words="Good.", by=company[who], at=LATER)
    services.judge(drawn, by=company["auditor"], results=results(drawn), words="All good.", at=LATER)
    assert fresh(drawn).status == "effective"
    assert fresh(drawn.finding).status == "closed"


@pytest.mark.parametrize("who", ["owner", "fixer"])
def test_neither_draws_the_sample(fixed, company, who):
    with pytest.raises(NotAllowed):
        services.draw_sample(fixed, by=company[who], at=LATER)


def test_every_record_is_judged_and_a_failing_one_with_words(drawn, company):
    some = dict(list(results(drawn).items())[:-1])
    for wrong in (some, dict.fromkeys(results(drawn), (False, " "))):
        with pytest.raises(Refused):
            services.judge(drawn, by=company["auditor"], results=wrong, words="Well.", at=LATER)
    with pytest.raises(Refused):
        services.judge(drawn, by=company["auditor"], results=results(drawn), words=" ", at=LATER)
    assert not Verdict.objects.exists()


def test_what_does_not_work_reopens_and_suggests_a_higher_grade(drawn, company):
    services.judge(drawn, by=company["auditor"], results=results(drawn, failing=1), words="One without a receipt.", at=LATER)
    finding = fresh(drawn.finding)
    assert (finding.status, finding.grade, finding.suggested_grade, finding.suggestion_open) == ("correcting", "minor", "major", True)
    again = action_of(finding)
    assert (again.cycle, again.status, again.owner) == (2, "opened", company["owner"])
    assert fresh(drawn).status == "ineffective"
    assert Notice.objects.filter(kind="audits.ineffective", person=company["service_manager"]).count() == 1
    again = come_to(again, "planning", company, at=LATER)
    with pytest.raises(Refused, match="grade is suggested"):
        services.propose(again, by=company["owner"], at=LATER, **plan(company["owner"], LATER))
    with pytest.raises(NotAllowed):
        services.keep_grade(finding, by=company["auditee"], reason="No.", at=LATER)
    services.keep_grade(finding, by=company["auditor"], reason="One of eight, another form.", at=LATER)
    assert services.propose(again, by=company["owner"], at=LATER, **plan(company["owner"], LATER)).status == "proposed"


def test_at_the_percentage_of_the_plan_it_works(action_at, handled, company):
    action = action_at("planning")
    services.propose(action, by=company["owner"], at=NOW, **plan(company["owner"], NOW, needed_percent=75))
    action = approve(action, company, NOW)
    services.implement(action, by=company["owner"], implementer=company["fixer"], implementation="Done.", at=NOW)
    handled(20, NOW + DAY)
    services.draw_sample(action, by=company["auditor"], at=LATER)
    services.judge(action, by=company["auditor"], results=results(action, failing=2), words="Two of eight.", at=LATER)
    assert fresh(action).status == "effective"


def test_the_database_closes_nothing_without_a_verdict(fixed, company):
    for model, pk in ((CorrectiveAction, fixed.pk), (Finding, fixed.finding_id)):
        for status in ("effective", "closed"):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.filter(pk=pk).update(status=status)
    with pytest.raises(DatabaseError), transaction.atomic():
        CorrectiveAction.objects.filter(pk=fixed.pk).update(verifier=company["owner"])


def test_a_sample_from_before_the_fix_is_refused_by_the_database(fixed, company):
    row = {"action": fixed, "kind": "incidents", "until": LATER, "seed": 1, "population": 1, "digest": "x", "rows": [], "records": [],
           "drawn_at": LATER}  # fmt: skip
    for wrong in ({"since": NOW - DAY, "drawn_by": company["auditor"]}, {"since": NOW, "drawn_by": company["owner"]}):
        with pytest.raises(DatabaseError), transaction.atomic():
            VerificationSample.objects.create(**row, **wrong)


def test_a_date_moves_with_a_reason_and_its_history_stays(action_at, company):
    action = action_at("approved")
    for who, reason, becomes in (
        ("fixer", "Later.", TODAY + 40 * DAY), ("owner", " ", TODAY + 40 * DAY), ("owner", "Earlier.", TODAY - DAY),
    ):  # fmt: skip
        with pytest.raises(Refused):
            services.move_due(action, by=company[who], becomes=becomes, reason=reason, at=NOW)
    services.move_due(action, by=company["owner"], becomes=TODAY + 40 * DAY, reason="The supplier delivers in April.", at=NOW)
    moved = DueMove.objects.get(action=action)
    assert (moved.was, moved.becomes, moved.which, moved.by) == (TODAY + 20 * DAY, TODAY + 40 * DAY, "action", company["owner"])
    assert fresh(action).due_on == fresh(action).next_due_on == TODAY + 40 * DAY
    for change in ({"due_on": TODAY + 50 * DAY}, {"answer_by": TODAY}, {"due_on": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CorrectiveAction.objects.filter(pk=action.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        DueMove.objects.filter(pk=moved.pk).delete()


def ladder(action):
    """`[(days, who was told)]` of the steps taken."""
    rungs = Climb.objects.filter(action=action).order_by("due_on", "days")
    return [(climb.days, sorted(Notice.objects.filter(kind="audits.overdue", key=f"{climb.due_on}-{climb.days}", object_id=action.pk)
                                .values_list("person__username", flat=True))) for climb in rungs]  # fmt: skip


def test_what_is_overdue_climbs_and_each_step_once(action_at, company):
    action = action_at("approved")
    due = NOW + 20 * DAY
    assert services.sweep_overdue(due + timedelta(hours=13)) == 0
    for days, steps in ((1, 1), (2, 1), (3, 2), (7, 3), (14, 4), (30, 4)):
        services.sweep_overdue(due + days * DAY)
        assert services.sweep_overdue(due + days * DAY) == 0
        assert len(ladder(action)) == steps
    assert ladder(action) == [(1, ["owner"]), (3, ["auditee"]), (7, ["manager"]), (14, ["boss"])]
    services.move_due(action, by=company["service_manager"], becomes=(due + 40 * DAY).date(), reason="Agreed again.", at=due + 30 * DAY)
    services.sweep_overdue(due + 42 * DAY)
    assert [days for days, _who in ladder(action)] == [1, 3, 7, 14, 1]


def test_a_late_sweep_takes_all_steps_at_once_and_a_poisoned_row_stops_nobody(action_at, company, monkeypatch):
    one, two = action_at("approved"), action_at("approved", clause="8.5.1")
    CorrectiveAction.objects.filter(pk=one.pk).update(next_due_on=None)
    assert services.sweep_overdue(NOW + 60 * DAY) == 1
    assert len(ladder(two)) == 4


def test_a_late_verdict_is_the_auditors(fixed, company):
    services.sweep_overdue(NOW + 46 * DAY)
    assert ladder(fixed) == [(1, ["auditor"])]


def test_who_has_left_is_replaced_by_the_next_on_the_ladder(action_at, company):
    action = action_at("approved")
    company["owner"].is_active = False
    company["owner"].save()
    services.sweep_overdue(NOW + 24 * DAY)
    assert ladder(action) == [(1, []), (3, ["auditee"])]


def test_the_strata_of_a_sample_are_process_and_post(fixed, company, team):
    sample = services.draw_sample(fixed, by=company["auditor"], at=LATER).sample
    assert {(row[2], row[3]) for row in sample.frozen} == {("8.6.1", "engineer")}
    assert {row[5] for row in sample.frozen} == {"2026-03"}


def test_the_owner_who_is_the_service_manager_leaves_top_management_to_approve(action_at, company):
    action = action_at("proposed", grade="major", owner=company["service_manager"])
    action = fresh(action)
    assert services.seats_needed(action) == ["top_management"]
    assert services.seat_for(action, company["service_manager"], NOW) is None
    services.approve(action, by=cast.staff("second_boss", Role.TOP_MANAGEMENT), at=NOW)
    assert fresh(action).status == "approved"


def test_a_sample_from_before_populations_were_packed_still_holds(action_at, handled, company):
    action = action_at("implemented")
    handled(12, NOW + DAY)
    services.draw_sample(action, by=company["auditor"], at=NOW + 31 * DAY)
    drawn = fresh(action).sample
    assert drawn.holds
    old = type(drawn)(rows=[list(row[:6]) for row in drawn.frozen], seed=drawn.seed, digest=drawn.digest, records=drawn.records)
    assert (old.packed, old.holds) == (None, True)
