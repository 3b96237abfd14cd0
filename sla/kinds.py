"""What clocks tell people: a warning, and a broken promise."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from itsm.notices.kinds import Kind, register
from sla.models import Metric

WARNING = "sla.warning"
BREACH = "sla.breach"

SUBJECTS = {
    (WARNING, Metric.RESPONSE): _("%(percent)s %% of the response time is used: %(about)s"),
    (WARNING, Metric.RESOLUTION): _("%(percent)s %% of the resolution time is used: %(about)s"),
    (WARNING, Metric.NEXT_UPDATE): _("%(percent)s %% of the time to the next update is used: %(about)s"),
    (WARNING, Metric.SUPPORT): _("%(percent)s %% of the support time is used: %(about)s"),
    (BREACH, Metric.RESPONSE): _("Response time breached: %(about)s"),
    (BREACH, Metric.RESOLUTION): _("Resolution time breached: %(about)s"),
    (BREACH, Metric.NEXT_UPDATE): _("Next update overdue: %(about)s"),
    (BREACH, Metric.SUPPORT): _("Support time breached: %(about)s"),
}


def register_all():
    """Make both kinds known to the notices."""
    register(Kind(WARNING, _subject, "emails/sla/warning", context=_context, label=_("A promise is running out")))
    register(Kind(BREACH, _subject, "emails/sla/breach", context=_context, obligatory=True))


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
