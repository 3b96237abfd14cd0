"""The ServiceNow log is read as what happened, and no row disappears without a word."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.imports.history import Kind, Wait
from incidents.imports.servicenow import NEEDED, STATES, NotThisLog, histories

START = datetime(2016, 3, 7, 9, 0)  # noqa: DTZ001 (the log's own local time)
ZONE = ZoneInfo("Europe/Lisbon")


def row(state="New", minute=0, **columns):
    told = {
        "number": "0000001",
        "incident_state": state,
        "made_sla": "true",
        "caller_id": "2403",
        "opened_by": "8",
        "opened_at": stamp(0),
        "sys_created_at": stamp(2),
        "sys_updated_by": "21",
        "sys_updated_at": stamp(minute),
        "contact_type": "Phone",
        "category": "55",
        "impact": "2",
        "urgency": "2",
        "priority": "3",
        "assignment_group": "70",
        "assigned_to": "?",
        "reopen_count": "0",
        "closed_code": "5",
        "resolved_by": "149",
    }
    return ",".join({**told, **columns}[name] for name in NEEDED)


def stamp(minute):
    at = START + timedelta(minutes=minute)
    return f"{at.day}/{at.month}/{at.year} {at:%H:%M}"


def read(*rows, zone=ZONE):
    flaws = []
    return list(histories([",".join(NEEDED), *rows], zone, flaws.append)), flaws


def kinds(history):
    return [fact.kind.value for fact in history.facts]


def test_a_plain_incident_is_told_from_contact_to_closing():
    (history,), flaws = read(
        row(minute=2),
        row(minute=5, assigned_to="31"),
        row("Active", 10, assigned_to="31"),
        row("Awaiting User Info", 40, assigned_to="31"),
        row("Active", 100, assigned_to="31"),
        row("Resolved", 130, assigned_to="31"),
        row("Closed", 7330, assigned_to="31"),
    )
    assert kinds(history) == ["logged", "assigned", "accepted", "waiting", "resumed", "resolved", "closed"]
    assert history.contacted_at == datetime(2016, 3, 7, 9, 0, tzinfo=UTC)
    assert history.facts[0].at - history.contacted_at == timedelta(minutes=2)
    assert history.facts[3].wait is Wait.CUSTOMER
    assert history.rows == 7
    assert flaws == []


def test_an_incident_resolved_at_once_is_accepted_by_implication_and_belongs_to_its_resolver():
    (history,), _ = read(row(minute=2), row("Resolved", 8), row("Closed", 9000))
    accepted, resolved = history.facts[1], history.facts[2]
    assert (accepted.kind, accepted.implied) == (Kind.ACCEPTED, True)
    assert (resolved.kind, resolved.assignee) == (Kind.RESOLVED, "Resolved by 149")


def test_a_closing_without_resolving_implies_the_resolving():
    (history,), _ = read(row(minute=2), row("Active", 5), row("Closed", 60))
    assert [(fact.kind.value, fact.implied) for fact in history.facts[-2:]] == [("resolved", True), ("closed", False)]


def test_reopening_after_closing_leaves_one_closing_and_says_so():
    (history,), flaws = read(
        row("Active", 2),
        row("Resolved", 10),
        row("Closed", 20),
        row("Active", 30, reopen_count="1"),
        row("Resolved", 40, reopen_count="1"),
        row("Closed", 50),
    )
    assert kinds(history) == ["logged", "accepted", "resolved", "reopened", "resolved", "closed"]
    assert [(flaw.line, flaw.used) for flaw in flaws] == [(4, True)]


def test_a_missing_assignee_is_not_a_change_but_another_team_is():
    (history,), _ = read(
        row(minute=2, assigned_to="31"), row("Active", 5), row("Active", 9, assignment_group="24"), row("Active", 12, assignment_group="?")
    )
    assert [(fact.kind.value, fact.team, fact.assignee) for fact in history.facts[1:]] == [
        ("assigned", "Group 70", "Resolver 31"),
        ("accepted", "Group 70", "Resolver 31"),
        ("reassigned", "Group 24", None),
    ]


def test_a_priority_change_keeps_its_own_time():
    (history,), _ = read(row(minute=2), row("Active", 5), row("Active", 33, impact="1", priority="2"))
    changed = history.facts[-1]
    assert (changed.kind, changed.rating.priority, changed.at.minute) == (Kind.REPRIORITISED, 2, 33)


def test_an_incident_that_never_ends_stays_open():
    (history,), _ = read(row(minute=2), row("Awaiting Vendor", 50))
    assert kinds(history)[-1] == "waiting"
    assert history.facts[-1].wait is Wait.SUPPLIER


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (row("-100", 7), "state -100 is a glitch of the source"),
        (row("Pondering", 7), "unknown state 'Pondering'"),
        (row("Active", sys_updated_at="31/2/2016 10:00"), "its time cannot be read: '31/2/2016 10:00'"),
        (row("Active", 7, number="?"), "the row names no incident"),
        (row("Active", 7) + ",surplus", "the row has not as many columns as the heading"),
        ("0000001,Active", "the row has not as many columns as the heading"),
    ],
)
def test_an_unusable_row_is_listed_with_its_line_and_the_rest_is_read(broken, reason):
    (history,), flaws = read(row(minute=2), broken, row("Resolved", 30))
    assert [(flaw.line, flaw.reason, flaw.used) for flaw in flaws] == [(3, reason, False)]
    assert kinds(history)[-1] == "resolved"


def test_rows_out_of_order_are_put_in_their_place():
    (history,), flaws = read(row(minute=130), row(minute=52), row("Resolved", 123), row("Closed", 9000))
    assert kinds(history) == ["logged", "accepted", "resolved", "closed"]
    assert {flaw.used for flaw in flaws} == {True, False}


def test_rows_that_come_after_another_incident_are_listed():
    _, flaws = read(row(minute=2), row(minute=3, number="0000002"), row("Resolved", 30))
    assert [(flaw.line, flaw.used) for flaw in flaws] == [(4, False)]


def test_missing_ratings_are_taken_from_the_rest_of_the_incident_and_said():
    (history,), flaws = read(row(minute=2, impact="?", priority="?"), row("Active", 5, impact="1", urgency="1", priority="1"))
    assert history.facts[0].rating.impact == 1
    assert [flaw.used for flaw in flaws] == [True]


def test_a_file_of_another_kind_is_refused_by_name_of_its_missing_columns():
    with pytest.raises(NotThisLog, match="sys_updated_at"):
        list(histories(["number,title", "1,x"], ZONE, print))


def test_the_repeated_hour_is_read_forwards():
    night = ("30/10/2016 01:50", "30/10/2016 01:10")
    told = {"opened_at": night[0], "sys_created_at": night[0]}
    (history,), flaws = read(row("New", sys_updated_at=night[0], **told), row("Active", sys_updated_at=night[1], **told))
    assert history.facts[1].at - history.facts[0].at == timedelta(minutes=20)
    assert flaws == []


ROWS = st.lists(
    st.builds(
        row,
        state=st.sampled_from([*STATES, "-100", "?"]),
        minute=st.integers(0, 90),
        number=st.sampled_from(["0000001", "0000002"]),
        assigned_to=st.sampled_from(["?", "31", "32"]),
        assignment_group=st.sampled_from(["?", "70", "24"]),
        priority=st.sampled_from(["?", "1", "3", "3 - Moderate"]),
        reopen_count=st.sampled_from(["?", "0", "1"]),
        opened_at=st.sampled_from([stamp(0), stamp(40), "?"]),
    ),
    max_size=14,
)
NEXT = {
    "logged": {"accepted"},
    "accepted": {"waiting", "resolved"},
    "waiting": {"resumed"},
    "resumed": {"waiting", "resolved"},
    "resolved": {"reopened", "closed"},
    "reopened": {"waiting", "resolved"},
    "closed": set(),
}


@settings(max_examples=1000, deadline=None)
@given(ROWS)
def test_whatever_the_log_says_the_facts_run_forwards_and_follow_one_another(rows):
    told, flaws = read(*rows)
    for history in told:
        assert [fact.at for fact in history.facts] == sorted(fact.at for fact in history.facts)
        assert history.contacted_at <= history.facts[0].at
        way = [kind for kind in kinds(history) if kind in NEXT]
        assert way[0] == "logged"
        assert all(later in NEXT[earlier] for earlier, later in pairwise(way)), way
    lines = {flaw.line for flaw in flaws} | {fact.line for history in told for fact in history.facts}
    assert lines <= set(range(2, len(rows) + 2))
    for no, text in enumerate(rows, 2):
        if text.split(",")[1] in ("-100", "?"):
            assert no in {flaw.line for flaw in flaws}
