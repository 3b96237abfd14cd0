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
PROGRAMME_APPROVED = "audits.programme_approved"
PROGRAMME_REVISED = "audits.programme_revised"
LEADS = "audits.leads"
AUDITS = "audits.audits"
OVERRIDDEN = "audits.overridden"
DOUBTED = "audits.doubted"
AUDIT_BEGUN = "audits.begun"
REPORTED = "audits.reported"
AUDIT_CLOSED = "audits.audit_closed"
AUDIT_CANCELLED = "audits.cancelled"
INVITED = "audits.invited"


def register_all():
    """Make every kind known to the notices."""
    register_audits()
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


def register_audits():
    """The kinds about programmes and audits."""
    for name, subject, label in (
        (PROGRAMME_APPROVED, _("Approved: %(about)s"), _("An audit programme is approved")),
        (PROGRAMME_REVISED, _("Open again, to be approved anew: %(about)s"), ""),
    ):
        register(Kind(name, subject, "emails/audits/audit", label=label, context=mails.of_programme))
    for name, subject, label in (
        (LEADS, _("You lead an audit: %(about)s"), ""),
        (AUDITS, _("You audit in %(about)s"), ""),
        (OVERRIDDEN, _("An exception to independence is allowed: %(about)s"), ""),
        (DOUBTED, _("An auditor is not independent any more: %(about)s"), ""),
        (AUDIT_BEGUN, _("An audit begins, you are on its agenda: %(about)s"), ""),
        (REPORTED, _("The audit report is issued: %(about)s"), ""),
        (AUDIT_CLOSED, _("The audit is closed: %(about)s"), _("An audit is closed")),
        (AUDIT_CANCELLED, _("The audit does not take place: %(about)s"), ""),
        (INVITED, _("You may read an audit as a guest: %(about)s"), ""),
    ):
        register(Kind(name, subject, "emails/audits/audit", label=label, context=mails.of_audit, obligatory=name == DOUBTED))
