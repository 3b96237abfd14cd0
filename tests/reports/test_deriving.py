"""How things stood at an instant is read from the steps since then: who had it, which team, service and priority."""

from datetime import UTC, datetime, timedelta

from reports.deriving import History, Step, derived

AT = datetime(2026, 10, 12, 2, tzinfo=UTC)


def minutes(number):
    return AT + timedelta(minutes=number)


def history(steps, **more):
    facts = {
        "id": 1, "customer": 7, "service": 12, "team": 22, "handler": 32, "priority": 1, "tier": "core", "contacted_at": AT,
        "logged_at": minutes(2), "resolved_at": minutes(60), "resolved_by": 32, "reassigned": 0, "reopened": 0, "closing": "",
        "closed_at": None, "rating": None,
    }  # fmt: skip
    return History(**(facts | more), steps=[Step(name, target, minutes(at), details) for name, target, at, details in steps])


LIFE = (
    ("log", "new", 2, {}),
    ("assign", "assigned", 2, {"assignee": 31}),
    ("accept", "in_progress", 10, {"assignee": 31}),
    ("reprioritise", "in_progress", 15, {"before": 3, "priority": 1}),
    ("reclassify", "in_progress", 20, {"before": 11, "service": 12}),
    ("transfer", "new", 30, {"before": 21, "team": 22}),
    ("assign", "assigned", 35, {"assignee": 32}),
    ("accept", "in_progress", 40, {"assignee": 32}),
    ("resolve", "resolved", 60, {"code": "fixed"}),
    ("close", "closed", 90, {"kind": "confirmed"}),
)


def facts(**more):
    return {fact.kind: fact for fact in derived(history(LIFE, **more))}


def test_a_report_counts_as_things_stood_at_the_contact():
    told = facts()["logged"]
    assert (told.priority, told.service, told.team, told.handler) == (3, 11, 21, None)
    assert told.lengths == (120,)


def test_a_solution_counts_as_things_stood_then():
    told = facts()["resolved"]
    assert (told.priority, told.service, told.team, told.handler) == (1, 12, 22, 32)


def test_where_the_time_went_adds_up_from_the_contact_to_the_end():
    told = facts(closing="confirmed", closed_at=minutes(90), rating=4)["closed"]
    logging, wait, work, again, more, supplier, customer, confirming, stars = told.lengths
    assert (logging, wait, work) == (120, 8 * 60, 20 * 60)
    assert (again, more) == (10 * 60, 20 * 60)
    assert (supplier, customer, confirming, stars) == (0, 0, 30 * 60, 4)
    assert sum(told.lengths[:-1]) == 90 * 60


def test_between_being_given_and_taken_away_somebody_has_it():
    asked = {
        at: next(f for f in derived(history(LIFE, resolved_at=minutes(at), resolved_by=None)) if f.kind == "resolved") for at in (5, 32)
    }
    assert history(LIFE).handler == 32
    assert asked[5].team == 21
    assert asked[32].team == 22
