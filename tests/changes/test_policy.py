"""Which change needs whose approval: every category × risk × type against its approvers, and what always holds of any policy."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes import policy, policy_checks
from changes.models import Category, Kind, Risk

SM, TECH, OPS, TEST, PM, CUSTOMER = "service_manager", "tech_lead", "ops_lead", "tester", "product_manager", "customer_representative"
TOGETHER = ("all", {(SM, None), (TECH, None), (CUSTOMER, 7)}, 960)
BY_RISK = {"low": ("all", {(OPS, None)}, 240), "medium": ("all", {(OPS, None), (TECH, None)}, 480), "high": TOGETHER}
SPECIAL = {
    ("interface", "low"): ("all", {(PM, None)}, 240), ("interface", "medium"): ("all", {(PM, None)}, 240),
    ("core_function", "low"): ("all", {(TEST, None), (OPS, None)}, 480),
    ("core_function", "medium"): ("all", {(TEST, None), (OPS, None)}, 480),
}  # fmt: skip
PANEL = ("any", {(role, None) for role in policy.EMERGENCY_PANEL}, 480)


@pytest.mark.parametrize(("kind", "category", "level"), list(itertools.product(policy_checks.KINDS, Category, Risk)))
def test_every_sort_of_change_against_its_approvers(kind, category, level):
    (stage,) = policy.stages(policy.SHIPPED, policy.Facts(kind, category, level, customers=(7,)))
    wanted = PANEL if kind == Kind.EMERGENCY else SPECIAL.get((category.value, level.value), BY_RISK[level.value])
    assert (stage.rule, set(stage.seats), stage.minutes) == wanted


def test_the_shipped_policy_may_be_published_as_it_is():
    assert policy_checks.refusals(policy.SHIPPED) == []
    assert policy_checks.warnings(policy.SHIPPED) == []


ROLES = [role.value for role in policy_checks.APPROVERS]


def some(values):
    return st.lists(st.sampled_from(list(values)), unique=True, max_size=3)


@st.composite
def stage(draw):
    roles = draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=4, unique=True))
    rule = draw(st.sampled_from(["all", "any", "quorum"]))
    return {
        "rule": rule,
        "k": draw(st.integers(1, len(roles))) if rule == "quorum" else None,
        "minutes": draw(st.integers(1, 9600)),
        "roles": roles,
    }


@st.composite
def row(draw):
    return {
        "name": "r", "name_en": "", "kinds": draw(some(["normal", "emergency"])), "categories": draw(some(Category.values)),
        "risks": draw(some(Risk.values)), "criticalities": draw(some(["core", "non_core"])), "services": draw(some([1, 2])),
        "customers": draw(some([7, 8])), "stages": draw(st.lists(stage(), min_size=1, max_size=3)),
    }  # fmt: skip


POLICY = st.lists(row(), max_size=5).map(lambda rows: [*rows, *policy.SHIPPED])
FACTS = st.builds(
    policy.Facts, st.sampled_from(["normal", "emergency"]), st.sampled_from(Category.values), st.sampled_from(Risk.values),
    st.lists(st.sampled_from([(1, "core"), (2, "non_core"), (3, "core")]), unique=True, max_size=3).map(tuple),
    st.lists(st.sampled_from([7, 8, 9]), unique=True, max_size=3).map(tuple),
)  # fmt: skip


@given(POLICY, FACTS)
def test_the_first_row_that_fits_decides(rows, facts):
    for service, customer in itertools.product(facts.services or ((None, None),), facts.customers or (None,)):
        found = policy.deciding_row(rows, facts, service, customer)
        place = next(no for no, each in enumerate(rows) if each is found)
        assert not any(policy._fits(former, facts, service, customer) for former in rows[:place])


@given(POLICY, FACTS)
def test_nobody_is_asked_twice_where_all_have_to_agree(rows, facts):
    seats = [seat for asked in policy.stages(rows, facts) if asked.rule == "all" for seat in asked.seats]
    assert len(seats) == len(set(seats))


@given(POLICY, FACTS)
def test_whoever_must_agree_by_a_row_is_asked(rows, facts):
    asked = {seat for each in policy.stages(rows, facts) for seat in each.seats}
    for each in policy.deciding_rows(rows, facts):
        for part in each["stages"]:
            if part["rule"] == "all":
                assert set(policy._seats(part["roles"], facts.customers)) <= asked


@given(POLICY, FACTS)
def test_every_customer_is_asked_for_themselves(rows, facts):
    for asked in policy.stages(rows, facts):
        customers = [organisation for role, organisation in asked.seats if role == CUSTOMER]
        assert all(customer in (facts.customers or (None,)) for customer in customers)


@given(POLICY, FACTS)
def test_every_stage_can_be_decided(rows, facts):
    for asked in policy.stages(rows, facts):
        assert policy.tally(asked.rule, asked.k, [True] * len(asked.seats)) == "approved"
        assert policy.tally(asked.rule, asked.k, [None] * len(asked.seats)) == "pending"
        assert policy.tally(asked.rule, asked.k, [False] * len(asked.seats)) == "rejected"


@given(st.lists(row(), max_size=6))
def test_gaps_are_honest(rows):
    found = set(policy.gaps(rows, policy_checks.KINDS, Category.values, Risk.values))
    for kind, category, level in itertools.product(policy_checks.KINDS, Category.values, Risk.values):
        if (kind, category, level) not in found:
            assert policy.stages(rows, policy.Facts(kind, category, level)) is not None
    wide = [each for each in rows if not (each["criticalities"] or each["services"] or each["customers"])]
    for kind, category, level in found:
        with pytest.raises(policy.NoRow):
            policy.deciding_rows(wide, policy.Facts(kind, category, level))


@given(st.sampled_from(["all", "any", "quorum"]), st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6), st.data())
def test_a_tally_only_moves_on(rule, seats, data):
    k = data.draw(st.integers(1, len(seats)))
    before = policy.tally(rule, k, seats)
    for no, seat in enumerate(seats):
        if seat is None:
            for said in (True, False):
                after = policy.tally(rule, k, [*seats[:no], said, *seats[no + 1 :]])
                assert before in ("pending", after)  # what is decided stays decided, whoever speaks later


@given(POLICY)
def test_a_row_that_is_called_unreached_is_never_first(rows):
    unreached = {int(w.sentence.split()[1]) - 1 for w in policy_checks.warnings(rows) if "never reached" in w.sentence}
    pairs = list(itertools.product([(None, None), (1, "core"), (2, "non_core"), (3, "core")], [None, 7, 8, 9]))
    for no in unreached:
        for kind, category, level in itertools.product(policy_checks.KINDS, Category.values, Risk.values):
            facts = policy.Facts(kind, category, level)
            assert all(policy.deciding_row(rows, facts, *pair) is not rows[no] for pair in pairs)


def changed(**fields):
    return [{**policy.SHIPPED[0], **fields}, *policy.SHIPPED[1:]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "at least one row"),
        (policy.SHIPPED[1:], "Nobody would decide about this: Emergency change"),
        (policy.SHIPPED[:-1], "Nobody would decide about this: Normal change"),
        (changed(name=" "), "Row 1: give it a name"),
        (changed(kinds=["standard"]), "something that does not exist"),
        (changed(categories=["x"]), "something that does not exist"),
        (changed(services=["1"]), "something that does not exist"),
        (changed(stages=[]), "it needs one to 6 stages"),
        (changed(stages=[{"rule": "all", "k": None, "minutes": 60, "roles": []}]), "stage 1: say whose approval"),
        (changed(stages=[{"rule": "all", "k": None, "minutes": 60, "roles": ["external_auditor"]}]), "does not approve changes"),
        (changed(stages=[{"rule": "all", "k": None, "minutes": 60, "roles": ["tester", "tester"]}]), "stands there twice"),
        (changed(stages=[{"rule": "quorum", "k": 3, "minutes": 60, "roles": ["tester", "ops_lead"]}]), "from 1 to 2"),
        (changed(stages=[{"rule": "quorum", "k": 0, "minutes": 60, "roles": ["tester", "ops_lead"]}]), "from 1 to 2"),
        (changed(stages=[{"rule": "most", "k": None, "minutes": 60, "roles": ["tester"]}]), "all, any or so many"),
        (changed(stages=[{"rule": "all", "k": None, "minutes": 0, "roles": ["tester"]}]), "deadline"),
    ],
)
def test_what_is_no_policy_is_refused_with_a_sentence(rows, said):
    assert said in policy_checks.refusals(rows)[0]


def test_a_row_behind_one_that_is_wider_is_told():
    narrow = {**policy.SHIPPED[4], "categories": ["other"], "name": "late"}
    assert any("“late” is never reached" in w.sentence for w in policy_checks.warnings([*policy.SHIPPED, narrow]))


def test_a_high_risk_without_the_customer_has_to_be_confirmed():
    rows = [
        {**r, "stages": [{**s, "roles": [role for role in s["roles"] if role != CUSTOMER]} for s in r["stages"]]} for r in policy.SHIPPED
    ]
    asked = [w for w in policy_checks.warnings(rows) if w.asks]
    assert len(asked) == len(Category)
