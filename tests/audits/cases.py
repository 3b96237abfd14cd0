"""For every rule a record that passes, and for every reason of it one that fails: `GOOD[rule](world)`, `BAD[rule, reason](world)`."""

from datetime import timedelta

from audits.models import CorrectiveAction, Finding, ManagementReview, ReviewAction
from itsm.people.models import Person, Role
from tests import cast
from tests.audits.records import AT, DAY, HOUR, MINUTE, kind

WEEKS = timedelta(days=12)
GOOD, BAD = {}, {}


def good(rule):
    """Name the maker of a record that a rule lets pass."""
    return lambda make: GOOD.setdefault(rule, make)


def bad(rule, *reasons):
    """Name the maker of a record that a rule finds fault with, for this reason (or these, all at once)."""
    return lambda make: BAD.setdefault((rule, reasons), make)


def _led(world):
    cast.staff("boss", Role.TOP_MANAGEMENT)
    return world.own


def _managed(world):
    cast.staff("manager", Role.SERVICE_MANAGER)
    return world.own


good("T-5.1")(_led)
bad("T-5.1", "no_top")(lambda w: w.own)
good("T-5.3b")(_managed)
bad("T-5.3b", "no_manager")(lambda w: w.own)
good("T-5.3")(lambda w: w.owned(w.process(), w.engineer, w.other))
bad("T-5.3", "no_owner")(lambda w: w.process("change"))
bad("T-5.3", "owner_left")(lambda w: w.owned(w.process("change"), w.gone, w.other))
bad("T-5.3", "no_deputy")(lambda w: w.owned(w.process("change"), w.engineer))


def _placed(world):
    service = world.a_service()
    world.related(world.an_item(service=service))
    return service


def _unplaced(world):
    service = world.a_service()
    world.an_item(service=service)
    return service


good("T-8.2.2")(_placed)
bad("T-8.2.2", "no_item")(lambda w: w.a_service())
bad("T-8.2.2", "no_structure")(_unplaced)
bad("T-8.2.2", "no_criticality", "no_item")(lambda w: w.a_service(criticality=""))
good("T-8.2.4a")(lambda w: w.incident())
bad("T-8.2.4a", "retired")(lambda w: w.incident(service=w.a_service(retired_at=AT - 30 * DAY)))
bad("T-8.2.4a", "not_bought")(lambda w: w.incident(entitled=False))
good("T-8.2.4b")(lambda w: w.a_service())
for _facet in ("content", "target", "audience", "cost"):
    bad("T-8.2.4b", f"no_{_facet}")(lambda w, facet=_facet: w.a_service(**{facet: " "}))
bad("T-8.2.4b", "owner_left")(lambda w: w.a_service(owner=w.gone))

good("T-8.2.6a")(lambda w: w.related(w.an_item()))
bad("T-8.2.6a", "no_description")(lambda w: w.related(w.an_item(description=" ")))
bad("T-8.2.6a", "owner_left")(lambda w: w.related(w.an_item(owner=w.gone)))
bad("T-8.2.6a", "no_relation")(lambda w: w.an_item())


def _explained(world):
    update = world.update()
    world.explained(update)
    return update


good("T-8.2.6b")(lambda w: w.update(content_type=kind(Person), object_id=w.engineer.pk))
bad("T-8.2.6b", "unexplained")(lambda w: w.update())
bad("T-8.2.6b", "no_change")(_explained)


def _touching(world, **fields):
    change = world.change(**fields)
    change.items.add(world.an_item())
    return change


good("T-8.2.6d")(lambda w: _touching(w, started_at=AT - WEEKS, items_confirmed_at=AT - WEEKS + DAY))
bad("T-8.2.6d", "not_confirmed")(lambda w: _touching(w, started_at=AT - WEEKS))
bad("T-8.2.6d", "confirmed_late")(lambda w: _touching(w, started_at=AT - WEEKS, items_confirmed_at=AT))


def _served(world, **fields):
    customer = world.a_customer(**fields)
    world.bought(customer=customer)
    return customer


def _rated(world, rating):
    world.closed(rating=rating)
    return world.customer


good("T-8.3.2a")(_served)
bad("T-8.3.2a", "no_owner")(lambda w: _served(w, account_owner=None))
bad("T-8.3.2a", "owner_left")(lambda w: _served(w, account_owner=w.gone))
good("T-8.3.2c")(lambda w: _rated(w, 5))
bad("T-8.3.2c", "no_rating")(lambda w: _rated(w, None))


def _promised(world):
    world.agreement()
    return world.bought()


def _busy(world, limit):
    for _no in range(2):
        world.incident(contacted_at=AT - 20 * DAY)
    return world.agreement(monthly_tickets=limit)


def _slower_than_ours(world):
    world.agreement(seconds=1800)
    return world.agreement(kind="internal", metric="support", seconds=3600)


def _faster_than_ours(world):
    world.agreement(seconds=7200)
    return world.agreement(kind="internal", metric="support", seconds=3600)


def _contracted(world):
    supplier = world.a_supplier()
    world.agreement(kind="supplier", metric="support", supplier=supplier)
    return supplier


good("T-8.3.3a")(_promised)
bad("T-8.3.3a", "unpromised")(lambda w: w.bought())
good("T-8.3.3b")(lambda w: w.agreement())
bad("T-8.3.3b", "no_targets")(lambda w: w.agreement(targets=False))
bad("T-8.3.3b", "no_limits")(lambda w: w.agreement(workload_limits=""))
bad("T-8.3.3b", "no_exceptions")(lambda w: w.agreement(exceptions=""))
good("T-8.3.3e")(lambda w: _busy(w, 2))
bad("T-8.3.3e", "over_limit")(lambda w: _busy(w, 1))
good("T-8.3.4a")(_contracted)
bad("T-8.3.4a", "no_contract")(lambda w: w.a_supplier())
good("T-8.3.4b")(_faster_than_ours)
bad("T-8.3.4b", "slower")(_slower_than_ours)

good("T-8.5.1a")(lambda w: w.assessed(w.change()))
bad("T-8.5.1a", "no_risk")(lambda w: w.change(risk=""))


def _approved(world, at, **fields):
    change = world.change(**fields)
    world.round(change, at=at)
    return change


def _emergency(world, **fields):
    return world.change(kind="emergency", started_at=AT - WEEKS, **fields)


def _run_of_a_model(world, **fields):
    return world.change(kind="standard", model=world.model(), **fields)


good("T-8.5.1a2")(lambda w: _approved(w, AT - DAY))
bad("T-8.5.1a2", "not_approved")(lambda w: w.change())
bad("T-8.5.1a2", "approved_late")(lambda w: _approved(w, AT))
bad("T-8.5.1a2", "no_model")(lambda w: _run_of_a_model(w, approved_at=AT))
bad("T-8.5.1a2", "afterwards_late")(_emergency)
good("T-8.5.1a3")(lambda w: w.decided(w.change(), cast.staff("lead")))
bad("T-8.5.1a3", "own_work")(lambda w: w.decided(w.change(), w.engineer))
good("T-8.5.1b")(lambda w: w.change())
bad("T-8.5.1b", "no_back_out")(lambda w: w.change(back_out_plan=""))
bad("T-8.5.1b", "no_test")(lambda w: w.change(test_evidence="\n"))
good("T-8.5.1c")(lambda w: w.looked_back(_emergency(w), at=AT - WEEKS + DAY))
bad("T-8.5.1c", "not_reviewed")(_emergency)
bad("T-8.5.1c", "reviewed_late")(lambda w: w.looked_back(_emergency(w), at=AT))

good("T-8.5.3")(lambda w: w.criterion(w.bundled(w.release())))
bad("T-8.5.3", "no_changes")(lambda w: w.criterion(w.release()))
bad("T-8.5.3", "no_criteria")(lambda w: w.bundled(w.release()))
bad("T-8.5.3", "not_verified")(lambda w: w.criterion(w.bundled(w.release()), at=AT))
bad("T-8.5.3", "no_baseline")(lambda w: w.criterion(w.bundled(w.release(status="ready", baseline=None))))
bad("T-8.5.3", "not_analysed")(lambda w: w.criterion(w.bundled(w.release(result="failed"))))
good("T-8.5.2")(lambda w: w.transition())
bad("T-8.5.2", "no_plan")(lambda w: w.transition(plan=""))
bad("T-8.5.2", "no_criteria")(lambda w: w.transition(acceptance_criteria=""))
bad("T-8.5.2", "no_tests")(lambda w: w.transition(test_results=""))
bad("T-8.5.2", "not_accepted")(lambda w: w.transition(accepted_by=None))
bad("T-8.5.2", "no_account")(lambda w: w.transition(achieved=""))

good("T-8.6.1a")(lambda w: w.incident(priority=1, priority_reason="The whole bank stands still."))
bad("T-8.6.1a", "off_matrix")(lambda w: w.incident(priority=1))
good("T-8.6.1b")(lambda w: w.incident(contacted_at=AT - HOUR, logged_at=AT - HOUR + 5 * MINUTE))
bad("T-8.6.1b", "late")(lambda w: w.incident(contacted_at=AT - HOUR, logged_at=AT - HOUR + 6 * MINUTE))
good("T-8.6.1c")(lambda w: w.closed())
bad("T-8.6.1c", "silent")(lambda w: w.closed(responded_at=None))
good("T-8.6.1e")(lambda w: w.closed())
bad("T-8.6.1e", "no_words")(lambda w: w.closed(resolution=" "))
bad("T-8.6.1e", "no_code")(lambda w: w.closed(resolution_code="unknown"))
good("T-8.6.1e2")(lambda w: w.receipted(w.closed(closing_kind="confirmed")))
bad("T-8.6.1e2", "no_receipt")(lambda w: w.closed(closing_kind="confirmed"))
bad("T-8.6.1e2", "no_second")(lambda w: w.called(w.closed(), decision="pending", second_by=None))
bad("T-8.6.1e2", "not_asked")(lambda w: w.asked(w.closed(closing_kind="lapsed"), 1))
good("T-8.6.1h")(lambda w: w.closed())
bad("T-8.6.1h", "solved_once")(lambda w: w.closed(reopen_count=1))


def _closed_by_nobody(world):
    return world.incident(status="closed", closing_kind="confirmed", resolved_at=AT - HOUR, closed_at=AT - HOUR)


bad("T-8.6.1h", "no_closer")(_closed_by_nobody)


def _heard(world, *, told=True, seen=True, priority=1):
    incident = world.incident(priority=priority)
    clock = world.broken(incident, priority=priority)
    if told:
        world.notice(incident, "sla.breach", key=f"{clock.pk}:1:100")
    if seen:
        world.line(clock, "acknowledge", at=AT - 2 * HOUR)
    return incident


def _escalated(world, after):
    incident = world.incident()
    world.broken(incident, fired_after=after)
    return incident


good("T-8.6.1c2")(lambda w: _escalated(w, MINUTE))
bad("T-8.6.1c2", "no_fire")(lambda w: _escalated(w, None))
good("T-8.6.1d")(_heard)
bad("T-8.6.1d", "untold")(lambda w: _heard(w, told=False))
bad("T-8.6.1d", "unseen")(lambda w: _heard(w, seen=False))


def _paused(world, *, asked=True, reason="waiting_customer_info"):
    incident = world.incident(status="waiting")
    world.step(incident, "wait", at=AT - HOUR, reason=reason)
    if asked:
        world.said(incident, at=AT - HOUR + MINUTE)
    version = world.agreement().versions.get()
    clock = world.clock(incident, agreement_version=version, state="paused")
    world.line(clock, "pause", at=AT - HOUR, reason=reason)
    return incident


good("T-8.6.1g")(_paused)
bad("T-8.6.1g", "unasked")(lambda w: _paused(w, asked=False))
bad("T-8.6.1g", "not_agreed")(lambda w: _paused(w, reason="lunch"))


def _reviewed(world, held=AT - 100 * DAY):
    """A signed management review; its company."""
    said = {"period_from": (held - 90 * DAY).date(), "period_until": held.date(), "planned_on": held.date(), "planned_at": held}
    world.kept(
        ManagementReview, status="closed", held_on=held.date(), chair=world.engineer, inputs_needed=0, picture=[], inputs_sha256="x",
        signed={}, signed_sha256="x", closed_at=held, **said,
    )  # fmt: skip
    return world.own


def _decided(world, due):
    _reviewed(world)
    return world.kept(
        ReviewAction, review=ManagementReview.objects.get(), status="open", title="Train the night shift", owner=world.engineer,
        due_on=due.date(), begun_at=AT - 100 * DAY,
    )  # fmt: skip


def _correcting(world, due):
    said = {"requirement": "x", "evidence": "x", "gap": "x", "clause": "8.6.1", "source": "audit", "grade": "minor", "grade_why": "x"}
    finding = world.kept(Finding, auditee=world.other, raised_at=AT - 20 * DAY, **said)
    dates = {"answer_by": due.date(), "next_due_on": due.date(), "opened_at": AT - 20 * DAY}
    return world.kept(CorrectiveAction, finding=finding, owner=world.engineer, **dates)


good("T-9.3")(_reviewed)
bad("T-9.3", "no_review")(lambda w: _reviewed(w, held=AT - 400 * DAY))
good("T-9.3b")(lambda w: _decided(w, AT))
bad("T-9.3b", "overdue")(lambda w: _decided(w, AT - DAY))
good("T-10.1")(lambda w: _correcting(w, AT))
bad("T-10.1", "overdue")(lambda w: _correcting(w, AT - DAY))
