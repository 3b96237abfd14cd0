"""The rows behind each figure, as tables of plain cells: the same for pages and downloads."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from changes import consequences
from changes.measures import beside, outcomes, timing, urgent
from changes.models import ApprovalRound, Change, Decision, FreezeWindow
from itsm.people.models import Role


@dataclasses.dataclass(frozen=True)
class Link:
    """A cell that leads somewhere; `number` is shown as a record's number before the text."""

    text: str
    url: str
    number: str = ""

    def __str__(self):
        return f"{self.number} {self.text}".strip()


@dataclasses.dataclass(frozen=True)
class Table:
    """One sort of rows. `find(scope, at, chosen, first, most)` gives lists of cells in the order of `columns`.

    Cells are texts, instants, lengths (timedelta), Links, lists of Links, or None.
    """

    title: object
    columns: tuple
    find: Callable
    note: object = ""


def _change(change):
    return Link(change.title, change.get_absolute_url(), change.shown_number)


def _tier(change):
    return str(change.get_risk_display() or "–") if change.kind == "normal" else str(change.get_kind_display())


CHANGE = pgettext_lazy("record", "Change")
CHANGE_COLUMNS = (
    CHANGE, gettext_lazy("Tier"), gettext_lazy("Category"), gettext_lazy("Window from"), gettext_lazy("Window until"),
    gettext_lazy("Started"), gettext_lazy("Ended"), gettext_lazy("State"), gettext_lazy("Why it is no success"),
    gettext_lazy("Incidents caused"),
)  # fmt: skip


def _carried_out(figure):
    def find(asked, at, _chosen, first, most):
        judged = outcomes.listed(asked, at, figure, first=first, most=most)
        ids = [one.change_id for one in judged]
        changes, caused = Change.objects.in_bulk(ids), consequences.shown(ids)
        return [_carried_cells(changes[one.change_id], one, caused.get(one.change_id, [])) for one in judged]

    return find


def _carried_cells(change, one, caused):
    state = change.get_result_display() if change.result else change.get_status_display()
    links = [Link(thing.title, thing.url, thing.number) for thing in caused]
    return [
        _change(change), _tier(change), str(change.get_category_display()), change.starts_at, change.ends_at, change.started_at,
        change.finished_at, str(state), _why_not(one), links,
    ]  # fmt: skip


def _why_not(one):
    """What keeps a change from being a success, in words; "" for a success."""
    reasons = (
        (not one.in_window, _("not in its window")), (one.backed_out, _("backed out")), (one.failed, _("failed")),
        (one.hurt, _("caused an incident within seven days")),
    )  # fmt: skip
    return ", ".join(words for holds, words in reasons if holds)


def _leads(asked, _at, chosen, first, most):
    listed = timing.listed_leads(asked, late=chosen.late, first=first, most=most)
    rounds = ApprovalRound.objects.select_related("change").defer("document").in_bulk([pk for pk, _worked, _elapsed in listed])
    return [
        [
            _change(rounds[pk].change), _tier(rounds[pk].change), rounds[pk].opened_at, rounds[pk].closed_at,
            str(rounds[pk].get_outcome_display()), timedelta(seconds=worked), timedelta(seconds=elapsed),
        ]
        for pk, worked, elapsed in listed
    ]  # fmt: skip


def _waits(asked, _at, chosen, first, most):
    wanted = {"role": chosen.role, "person": chosen.person and chosen.person.pk, "nudge": chosen.nudge}
    listed = timing.listed_waits(asked, **wanted, first=first, most=most)
    joined = ("person", "on_behalf_of", "seat__organisation", "stage__round__change")
    decisions = Decision.objects.select_related(*joined).defer("stage__round__document").in_bulk([pk for pk, *_lengths in listed])
    return [_wait_cells(decisions[pk], worked, elapsed) for pk, worked, elapsed in listed]


def _wait_cells(decision, worked, elapsed):
    stage, seat = decision.stage, decision.seat
    reminded = stage.reminded_at if stage.reminded_at and stage.reminded_at <= decision.at else None
    escalated = stage.escalated_at if stage.escalated_at and stage.escalated_at <= decision.at else None
    return [
        _change(stage.round.change), str(stage.no), role_of(seat), said_by(decision), stage.opened_at, decision.at,
        str(decision.get_choice_display()), timedelta(seconds=worked), timedelta(seconds=elapsed), reminded, escalated,
    ]  # fmt: skip


def role_of(seat):
    """A seat's role, of a customer's representative whose."""
    role = str(Role(seat.role).label)
    return f"{role} · {seat.organisation}" if seat.organisation_id else role


def said_by(decision):
    """Who decided, and for whom."""
    if decision.on_behalf_of is None:
        return decision.person.display
    return _("%(person)s for %(other)s") % {"person": decision.person.display, "other": decision.on_behalf_of.display}


def _waiting(asked, at, chosen, first, most):
    seats = timing.open_seats(asked).select_related("organisation", "stage__round__change").defer("stage__round__document")
    seats = seats.filter(role=chosen.role) if chosen.role else seats
    return [
        [
            _change(seat.stage.round.change), role_of(seat), seat.stage.opened_at, at - seat.stage.opened_at, seat.stage.deadline_at,
            seat.stage.reminded_at, seat.stage.escalated_at,
        ]
        for seat in seats.order_by("stage__opened_at", "id")[first : first + most]
    ]  # fmt: skip


def _unauthorised(asked, _at, _chosen, first, most):
    rows = beside.modifications(asked).select_related("item__service", "by", "explained").order_by("-at", "-id")
    return [
        [f"{u.item.code} {u.item.label()}", _what(u), u.by.display if u.by else "–", u.at, u.explained.words if _explained(u) else ""]
        for u in rows[first : first + most]
    ]


def _what(update):
    words = {
        ("item", "changed"): _("Item changed"), ("relation", "added"): _("Relation added"), ("relation", "changed"): _("Relation changed"),
    }  # fmt: skip
    return words.get((update.record, update.what), f"{update.record} {update.what}")


def _explained(update):
    return hasattr(update, "explained")


def _overrides(asked, _at, _chosen, first, most):
    found = list(beside.overrides(asked).select_related("change", "by").order_by("-at", "-id")[first : first + most])
    freezes = FreezeWindow.objects.in_bulk([int(o.key.removeprefix(beside.FREEZE)) for o in found if _names_freeze(o)])
    return [
        [_change(o.change), str(freezes.get(int(o.key.removeprefix(beside.FREEZE)), "–")) if _names_freeze(o) else "–", o.reason,
         o.by.display, o.at]
        for o in found
    ]  # fmt: skip


def _names_freeze(override):
    return override.key.removeprefix(beside.FREEZE).isdecimal()


def _backlog(asked, at, chosen, first, most):
    rows = beside.to_do(asked).filter(status=chosen.state) if chosen.state else beside.to_do(asked)
    rows = rows.select_related("requester").order_by("raised_at", "id")
    return [
        [_change(c), _tier(c), str(c.get_status_display()), c.requester.display, c.raised_at, at - c.raised_at, c.starts_at, c.ends_at]
        for c in rows[first : first + most]
    ]


def _emergencies(asked, _at, _chosen, first, most):
    return [emergency_cells(one) for one in urgent.with_decisions(urgent.rows(asked)[first : first + most])]


def emergency_cells(one):
    """One line of management's list of emergencies."""
    change = one.change
    state = change.get_result_display() if change.result else change.get_status_display()
    return [
        _change(change), change.reason, change.requester.display, change.started_at, one.waited, panel_words(one), afterwards_words(one),
        str(change.get_verdict_display()) if change.verdict else "", str(state),
    ]  # fmt: skip


def panel_words(one):
    """What the emergency panel decided before the start, or why it began without them."""
    if one.panel is not None:
        return f"{one.panel.get_choice_display()} · {said_by(one.panel)}"
    if one.change.unreachable_reason:
        return _("Nobody was reachable: %(reason)s") % {"reason": one.change.unreachable_reason}
    return pgettext("decision", "None yet")


def afterwards_words(one):
    """What came of the approval after the fact, with the words of who rejected it."""
    told = [str(one.change.get_retrospect_display())] if one.change.retrospect else []
    told += [f"{said_by(decision)}: {decision.words}" for decision in one.refusals]
    return "; ".join(told) or "–"


def _of_changes(title, figure):
    return Table(title, CHANGE_COLUMNS, _carried_out(figure))


_LENGTHS = (gettext_lazy("Working time"), gettext_lazy("By the clock"))
TABLES = {
    "implemented": _of_changes(gettext_lazy("Changes carried out"), "implemented"),
    "successful": _of_changes(gettext_lazy("Successful changes"), "successful"),
    "unsuccessful": _of_changes(gettext_lazy("Changes that were no success"), "unsuccessful"),
    "provisional": _of_changes(gettext_lazy("Successful, and over for less than seven days"), "provisional"),
    "emergency": _of_changes(gettext_lazy("Emergencies carried out"), "emergency"),
    "backed_out": _of_changes(gettext_lazy("Changes backed out"), "backed_out"),
    "failed": _of_changes(gettext_lazy("Changes that failed"), "failed"),
    "outside_window": _of_changes(gettext_lazy("Carried out outside of their window"), "outside_window"),
    "caused": _of_changes(gettext_lazy("Changes that caused incidents"), "caused"),
    "approvals": Table(
        gettext_lazy("Approvals decided"),
        (CHANGE, gettext_lazy("Tier"), gettext_lazy("Submitted"), gettext_lazy("Last decision"),
         gettext_lazy("Outcome"), *_LENGTHS),
        _leads,
    ),
    "waits": Table(
        gettext_lazy("Where approvals waited"),
        (CHANGE, gettext_lazy("Stage"), gettext_lazy("Role asked"), gettext_lazy("Decided by"), gettext_lazy("Asked since"),
         pgettext_lazy("time", "Decided"), gettext_lazy("Decision"), *_LENGTHS, gettext_lazy("Reminded"), gettext_lazy("Escalated")),
        _waits,
    ),
    "waiting": Table(
        gettext_lazy("Decisions asked for now"),
        (CHANGE, gettext_lazy("Role asked"), gettext_lazy("Asked since"), gettext_lazy("Waiting for"),
         gettext_lazy("Deadline"), gettext_lazy("Reminded"), gettext_lazy("Escalated")),
        _waiting,
    ),
    "unauthorised": Table(
        gettext_lazy("Items changed without a change"),
        (gettext_lazy("Item"), gettext_lazy("What"), gettext_lazy("By"), gettext_lazy("When"), gettext_lazy("Explained")),
        _unauthorised,
    ),
    "overrides": Table(
        gettext_lazy("Changes let into a freeze"),
        (CHANGE, gettext_lazy("Freeze"), gettext_lazy("Reason"), gettext_lazy("By"), gettext_lazy("When")),
        _overrides,
    ),
    "backlog": Table(
        gettext_lazy("Changes still to be done"),
        (CHANGE, gettext_lazy("Tier"), gettext_lazy("State"), gettext_lazy("Asked for by"), gettext_lazy("Asked for"),
         gettext_lazy("Age"), gettext_lazy("Window from"), gettext_lazy("Window until")),
        _backlog, gettext_lazy("As of now, whatever the period."),
    ),
    "emergencies": Table(
        gettext_lazy("Emergencies, for management"),
        (CHANGE, gettext_lazy("Reason"), gettext_lazy("Asked for by"), gettext_lazy("Started"),
         gettext_lazy("From asking to the start"), gettext_lazy("Panel"), gettext_lazy("After the fact"),
         gettext_lazy("What becomes of it"), gettext_lazy("State")),
        _emergencies,
    ),
}  # fmt: skip
"""Every figure that has rows, by the name in its address."""
