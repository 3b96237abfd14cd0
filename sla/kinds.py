"""What clocks tell people, a warning and a broken promise; and what agreements tell them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from itsm.notices.kinds import Kind, register
from sla.models import Metric

WARNING = "sla.warning"
BREACH = "sla.breach"
OFFERED = "sla.offered"
ACCEPTED = "sla.accepted"
ASKED = "sla.asked"
ACCEPT_LINK = "accept"

SUBJECTS = {
    (WARNING, Metric.RESPONSE): _("%(percent)s %% of the response time is used: %(about)s"),
    (WARNING, Metric.RESOLUTION): _("%(percent)s %% of the resolution time is used: %(about)s"),
    (WARNING, Metric.NEXT_UPDATE): _("%(percent)s %% of the time to the next update is used: %(about)s"),
    (BREACH, Metric.RESPONSE): _("Response time breached: %(about)s"),
    (BREACH, Metric.RESOLUTION): _("Resolution time breached: %(about)s"),
    (BREACH, Metric.NEXT_UPDATE): _("Next update overdue: %(about)s"),
}


def register_all():
    """Make every kind known to the notices."""
    register(Kind(WARNING, _subject, "emails/sla/warning", context=_context, label=_("A promise is running out")))
    register(Kind(BREACH, _subject, "emails/sla/breach", context=_context, obligatory=True))
    offer = {"channels": ("mail",), "link_purpose": ACCEPT_LINK, "obligatory": True}
    register(Kind(OFFERED, _("Please read and decide: %(about)s"), "emails/sla/offered", **offer))
    register(Kind(ACCEPTED, _("Accepted by the customer: %(about)s"), "emails/sla/accepted", obligatory=True))
    register(Kind(ASKED, _("The customer asks for something else: %(about)s"), "emails/sla/asked", obligatory=True, context=_asking))


def _subject(notice):
    places = {"percent": notice.params.get("percent"), "about": _about(notice)}
    return SUBJECTS[notice.kind, notice.params["metric"]] % places


def _about(notice):
    subject = notice.record.sla_subject()
    return f"P{notice.params['priority']} {subject.number} {subject.title}"


def _context(notice):
    """What the mail says beside its subject."""
    due_at = notice.params.get("due_at")
    return {"subject_of": notice.record.sla_subject(), "due": datetime.fromisoformat(due_at) if due_at else None}


def _asking(notice):
    """Who asked for something else."""
    line = notice.record.negotiations.select_related("said_by").order_by("seq").last()
    return {"who": line.said_by if line else None}
