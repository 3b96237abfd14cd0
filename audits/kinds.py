"""What people are told about findings and corrective actions. Registered when the app is ready."""

from django.utils.translation import gettext_lazy as _

from audits import mails
from itsm.notices.kinds import Kind, register

RAISED = "audits.raised"
ANSWERED = "audits.answered"
REGRADED = "audits.regraded"
WITHDRAWN = "audits.withdrawn"
OWNED = "audits.owned"
APPROVE = "audits.approve"
APPROVED = "audits.approved"
SENT_BACK = "audits.sent_back"
MOVED = "audits.moved"
VERIFY = "audits.verify"
INEFFECTIVE = "audits.ineffective"
CLOSED = "audits.closed"
OVERDUE = "audits.overdue"


def register_all():
    """Make every kind known to the notices."""
    for name, subject, label in (
        (RAISED, _("A finding for you to answer: %(about)s"), ""),
        (ANSWERED, _("Answered: %(about)s"), _("A finding that I raised is answered")),
        (REGRADED, _("Another grade: %(about)s"), _("A finding gets another grade")),
        (WITHDRAWN, _("Withdrawn: %(about)s"), _("A finding is withdrawn")),
    ):
        register(Kind(name, subject, "emails/audits/finding", label=label, context=mails.of_finding))
    for name, subject, label in (
        (OWNED, _("A corrective action is yours: %(about)s"), ""),
        (APPROVE, _("Your approval, please: the plan of %(about)s"), ""),
        (APPROVED, _("The plan is approved: %(about)s"), _("The plan of my corrective action is approved")),
        (SENT_BACK, _("The plan needs more work: %(about)s"), ""),
        (MOVED, _("A date has moved: %(about)s"), _("A date of a corrective action moves")),
        (VERIFY, _("Does it work? %(about)s waits for a verdict"), ""),
        (INEFFECTIVE, _("Not effective, another round begins: %(about)s"), ""),
        (CLOSED, _("It works, the finding is closed: %(about)s"), _("A corrective action of mine worked")),
        (OVERDUE, _("Overdue: %(about)s"), ""),
    ):
        register(Kind(name, subject, "emails/audits/action", label=label, context=mails.of_action, obligatory=name == OVERDUE))
