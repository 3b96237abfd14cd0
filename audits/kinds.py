"""What people are told about findings and corrective actions. Registered when the app is ready."""

from django.utils.translation import gettext_lazy as _

from audits import mails, review_mails
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
REVIEW_PLANNED = "audits.review_planned"
REVIEW_HELD = "audits.review_held"
REVIEW_SIGNED = "audits.review_signed"
REVIEW_REMINDER = "audits.review_reminder"
REVIEW_ACTION = "audits.review_action"
REVIEW_DONE = "audits.review_done"
REVIEW_ACCEPTED = "audits.review_accepted"
REVIEW_RETURNED = "audits.review_returned"
REVIEW_MOVED = "audits.review_moved"
REVIEW_DROPPED = "audits.review_dropped"
REVIEW_OVERDUE = "audits.review_overdue"


def register_all():
    """Make every kind known to the notices."""
    register_audits()
    register_reviews()
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


def register_reviews():
    for name, subject, label in (
        (REVIEW_PLANNED, _("You are invited to a management review: %(about)s"), ""),
        (REVIEW_HELD, _("Judge and sign, please: %(about)s"), ""),
        (REVIEW_SIGNED, _("The minutes are signed: %(about)s"), _("The minutes of a management review are signed")),
    ):
        register(Kind(name, subject, "emails/audits/action", label=label, context=review_mails.of_review))
    for name, subject, label in (
        (REVIEW_ACTION, _("A management review gives you an action: %(about)s"), ""),
        (REVIEW_DONE, _("Reported done, please look: %(about)s"), ""),
        (REVIEW_ACCEPTED, _("Accepted: %(about)s"), _("An action of mine from a management review is accepted")),
        (REVIEW_RETURNED, _("Not done yet: %(about)s"), ""),
        (REVIEW_MOVED, _("A date has moved: %(about)s"), _("A date of an action from a management review moves")),
        (REVIEW_DROPPED, _("Dropped: %(about)s"), _("An action of mine from a management review is dropped")),
        (REVIEW_OVERDUE, _("Overdue: %(about)s"), ""),
    ):
        is_late = name == REVIEW_OVERDUE
        register(Kind(name, subject, "emails/audits/action", label=label, context=review_mails.of_action, obligatory=is_late))
    register(Kind(REVIEW_REMINDER, review_mails.reminder, "emails/audits/review_reminder", context=review_mails.of_reminder,
                  url=review_mails.reviews, obligatory=True))  # fmt: skip
