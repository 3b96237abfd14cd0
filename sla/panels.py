"""What other pages show of the promises: the clocks of a record with their ledger, and how the month goes."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from itsm.core import clock as now
from itsm.core import ui
from itsm.core.lately import lately
from sla import attainment as months
from sla import rules
from sla.models import Clock, Correction, CorrectionState, Metric
from sla.services.accounts import REASONS, accounts
from sla.services.acknowledging import may_acknowledge
from sla.services.faces import faces_of, newest_update_only, updates_given

REMEMBERED_S = 60.0
"""How old the month's figures on the home page may be; the tile says of when they are."""


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

    Five queries; some more after a breach or correction, and while an escalation waits.
    """
    at = now.now()
    joined = ("agreement_version__agreement__team", "agreement_version__agreement__supplier", "calendar_version__calendar")
    named = list(Clock.objects.about(record).select_related(*joined))
    faces = dict(faces_of(newest_update_only(named), at))
    told = accounts(list(faces), at)
    waiting = [clock for clock in faces if clock.ack_due_at]
    shown = [_shown(clock, face, told.get(clock.pk), named) for clock, face in faces.items()]
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


def _shown(clock, face, account, named):
    """What the panel draws of one clock; what others promised us bears their name."""
    if clock.metric == Metric.SUPPORT:
        face = replace(face, what=str(clock.agreement_version.agreement.party))
    shown = {"clock": clock, "face": face, "account": account}
    shown["remark"] = REASONS.get(clock.pause_reason, "") if clock.state == "paused" else ""
    if clock.metric == Metric.NEXT_UPDATE:
        shown["kept"], shown["missed"] = updates_given(named)
    return shown


def attainment(_person, _at):
    """The month so far towards customers, raw, by metric, as of at most a minute ago; one query, or none."""
    return _month_so_far()


@lately(REMEMBERED_S)
def _month_so_far():
    at = now.now()
    since, until = months.month_of(at)
    return {"metrics": months.kept_in_short(since, until), "since": since, "as_of": at}
