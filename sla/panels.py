"""What other pages show of the promises: the clocks of a record with their ledger, and how the month goes."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from itsm.core import clock as now
from itsm.core import ui
from itsm.core.clockface import MISSED
from itsm.people.zones import company_day, company_zone
from sla import ledger, log, rules
from sla.clockwork import ACKNOWLEDGE, PAUSE, fold
from sla.models import PAUSE_REASONS, Clock, ClockEvent, Correction, CorrectionState, Metric, Outcome
from sla.services.acknowledging import may_acknowledge
from sla.services.faces import faces_of, newest_update_only, updates_given

REASONS = dict(PAUSE_REASONS)


def register():
    """Fill the registries of the frame; a record's own app asks for the panel of its clocks."""
    ui.rail("services", _("Agreements"), "sla:agreements", "file-text", may=_internal, order=30)
    ui.home_tile("sla/_tile_attainment.html", attainment, may=rules.may_read_attainment, order=40)


def show_clocks_of(record_class, order=10):
    """Draw the clocks panel on the pages of a record class."""
    ui.panel(record_class, "sla/_clocks.html", clocks_panel, order=order)


def _internal(person):
    return person.is_internal


def clocks_panel(record, person):
    """Every clock of a record, of the next updates the newest: its face, why it stands, its ledger, and who may judge it.

    Four queries; some more while an escalation waits.
    """
    at = now.now()
    joined = ("agreement_version__agreement__team", "agreement_version__agreement__supplier", "calendar_version__calendar")
    named = list(Clock.objects.about(record).select_related(*joined))
    faces = faces_of(newest_update_only(named), at)
    logs = _logs([clock for clock, _face in faces])
    waiting = [clock for clock, _face in faces if clock.ack_due_at]
    shown = [_shown(clock, face, logs.get(clock.pk, []), at) for clock, face in faces]
    for item in shown:
        if item["clock"].metric == Metric.NEXT_UPDATE:
            item["kept"], item["missed"] = updates_given(named)
    may_see = bool(waiting) and may_acknowledge(person, record, waiting, at)
    found = {"clocks": shown, "at": at, "waiting": waiting[:1], "may_acknowledge": may_see}
    return found | judging_of(record, named, person)


def judging_of(record, clocks, person):
    """What this person may do about these clocks' verdicts, and the corrections that wait; one query for staff."""
    if not person.is_internal:
        return {}
    subject = record.sla_subject()
    waiting = Correction.objects.filter(clock__in=clocks, state=CorrectionState.PENDING)
    return {
        "may_excuse": rules.may_excuse(person, subject.assignee), "may_propose": rules.may_propose(person, subject.team),
        "corrections": {correction.clock_id: correction for correction in waiting},
    }  # fmt: skip


def _logs(clocks):
    """`{clock id: its lines}`; one query however many clocks."""
    lines = list(ClockEvent.objects.filter(clock__in=clocks).select_related("actor").order_by("clock_id", "seq"))
    agreements = log.agreement_versions({line.payload.get("agreement_version") for line in lines} - {None})
    calendars = log.calendar_versions({line.payload.get("calendar_version") for line in lines} - {None})
    metrics, found = {clock.pk: clock.metric for clock in clocks}, {}
    for line in lines:
        found.setdefault(line.clock_id, []).append((line, log.event_of(line, metrics[line.clock_id], agreements, calendars)))
    return found


def _shown(clock, face, lines, at):
    """What the panel draws of one clock; what others promised us bears their name."""
    if clock.metric == Metric.SUPPORT:
        face = replace(face, what=str(clock.agreement_version.agreement.party))
    shown = {"clock": clock, "face": face, "remark": REASONS.get(clock.pause_reason, "") if clock.state == "paused" else ""}
    shown |= {"version": clock.agreement_version, "calendar": clock.calendar_version}
    shown["seen"] = next((line for line, event in reversed(lines) if event.kind == ACKNOWLEDGE), None)
    if clock.target_s is None or clock.metric == Metric.RESPONSE or not lines:
        return shown
    events = [event for _line, event in lines]
    reasons = [line.reason_code for line, event in lines if event.kind == PAUSE]
    rows = ledger.rows(events, at, reasons=[str(REASONS.get(reason, reason)) for reason in reasons])
    used = rows[-1].total if rows else timedelta(0)
    count, length = ledger.paused_time(rows)
    return shown | {
        "rows": rows, "used": used, "next": ledger.remaining(fold(events), at, used), "pauses": count, "paused": length,
        "strip": ledger.shares(rows, clock.target_s * log.MICROS),
        "holiday": any(row.holiday for row in rows), "late": face.is_late or face.state == MISSED,
    }  # fmt: skip


def month_of(at):
    """The company's month around an instant as [since, until)."""
    zone = ZoneInfo(company_zone())
    first = company_day(at).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return datetime.combine(first, time(), zone), datetime.combine(following, time(), zone)


def attainment(person, at):
    """Met, breached and share met of the clocks decided in the company's month, raw, by metric; how many are provisional. One query."""
    since, until = month_of(at)
    met, broken = Q(outcome=Outcome.MET), Q(outcome__in=[Outcome.BREACHED, Outcome.EXCUSED])
    decided = Clock.objects.visible_to(person).ours().decided(since, until).order_by().values("metric")
    found = decided.annotate(
        met=Count("decided_at", filter=met), broken=Count("decided_at", filter=broken), open=Count("decided_at", filter=Q(final_at=None))
    )
    return {"metrics": [_attained(line) for line in sorted(found, key=lambda line: line["metric"], reverse=True)], "since": since}


def _attained(line):
    decided = line["met"] + line["broken"]
    share = 100 * line["met"] / decided if decided else None
    return line | {"label": Metric(line["metric"]).label, "decided": decided, "share": f"{share:.1f}" if share is not None else "–"}
