"""What other pages show of the promises: the clocks of a record with their ledger, and how the month goes."""

from django.utils.translation import gettext_lazy as _

from itsm.core import clock as now
from itsm.core import ui
from sla import attainment as months
from sla import rules
from sla.models import Clock
from sla.services.accounts import REASONS, accounts, newest_cycles
from sla.services.faces import faces_of


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
    """The clocks of a record, each with its face, why it stands, and its ledger. Three queries; one more after a breach or correction."""
    at = now.now()
    named = Clock.objects.about(record).select_related("agreement_version__agreement", "calendar_version__calendar")
    faces = dict(faces_of(named, at))
    shown = newest_cycles(faces)
    told = accounts(shown, at)
    return {"clocks": [_shown(clock, faces[clock], told.get(clock.pk)) for clock in shown], "at": at}


def _shown(clock, face, account):
    """What the panel draws of one clock."""
    return {
        "clock": clock,
        "face": face,
        "account": account,
        "remark": REASONS.get(clock.pause_reason, "") if clock.state == "paused" else "",
    }


def attainment(person, at):
    """The company's month so far towards customers, raw, by metric. One query."""
    since, until = months.month_of(at)
    return {"metrics": months.kept_in_short(person, since, until), "since": since}
