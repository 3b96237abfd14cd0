"""What changes tell people. Registered when the app is ready."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from changes import mails
from itsm.notices.kinds import Kind, register

APPROVE_LINK = "approve"

DECIDE = "changes.decide"
DECIDE_CUSTOMER = "changes.decide_customer"
REMIND = "changes.remind"
REMIND_CUSTOMER = "changes.remind_customer"
LATE = "changes.late"
LATE_CUSTOMER = "changes.late_customer"
NOBODY = "changes.nobody"
DECIDED = "changes.decided"
VOIDED = "changes.voided"
VOIDED_CUSTOMER = "changes.voided_customer"
ANSWERED = "changes.answered"
ANSWERED_CUSTOMER = "changes.answered_customer"
REJECTED_AFTER = "changes.rejected_after"
DELEGATED = "changes.delegated"
DELEGATION_ENDED = "changes.delegation_ended"
CONFLICT = "changes.conflict"
FROZEN = "changes.frozen"

BEGUN_CUSTOMER = "changes.begun_customer"
ENDED_CUSTOMER = "changes.ended_customer"
ENDED = "changes.ended"
REVIEW_DUE = "changes.review_due"
UNAPPROVED = "changes.unapproved"
SETTLE = "changes.settle"
SETTLED = "changes.settled"
MODEL_SUSPENDED = "changes.model_suspended"
MODEL_STOPS = "changes.model_stops"

FOR_CUSTOMER = {
    DECIDE: DECIDE_CUSTOMER, REMIND: REMIND_CUSTOMER, LATE: LATE_CUSTOMER, VOIDED: VOIDED_CUSTOMER, ANSWERED: ANSWERED_CUSTOMER,
}  # fmt: skip
"""What a customer's representative is told in the place of our own people's notice."""


def suited(kind, person):
    """The kind that tells this person the same: a customer's person gets the customers' mail."""
    return kind if person.is_internal else FOR_CUSTOMER.get(kind, kind)


def _seat_page(notice):
    return reverse("changes:seat", args=[notice.params["seat"]])


def _delegations_page(notice):
    return reverse("changes:delegations")


def register_all():
    """Make every kind known to the notices."""
    for name, subject in (
        (DECIDE, _("Your decision, please: %(about)s")),
        (REMIND, _("Half of the time is over: your decision about %(about)s")),
        (LATE, _("Late: nobody has decided about %(about)s")),
        (NOBODY, _("Nobody can decide about %(about)s")),
    ):
        register(Kind(name, subject, "emails/changes/decide", context=mails.asked, url=_seat_page, obligatory=True))
    for name, subject, label in (
        (DECIDED, _("Somebody decided about %(about)s"), _("Somebody decides about my change")),
        (VOIDED, _("What you decided counts no more: %(about)s was edited"), ""),
        (ANSWERED, _("Your question is answered: %(about)s"), _("My question about a change is answered")),
        (REJECTED_AFTER, _("Rejected after the fact: %(about)s"), ""),
        (CONFLICT, _("Approved, but something is in the way: %(about)s"), ""),
        (FROZEN, _("A freeze was set over the window of %(about)s"), ""),
    ):
        register(Kind(name, subject, "emails/changes/staff", label=label, context=mails.told))
    for name, subject in (
        (DELEGATED, _("Somebody lets you decide about changes in their place")),
        (DELEGATION_ENDED, _("You no longer decide about changes in somebody's place")),
    ):
        register(Kind(name, subject, "emails/changes/delegation", context=mails.delegated, url=_delegations_page))
    _register_customers()
    _register_doing()


def _register_customers():
    """Mails with a link, for representatives, who have no account."""
    for name, subject, context in (
        (DECIDE_CUSTOMER, _("Your decision, please: %(about)s"), mails.asked),
        (REMIND_CUSTOMER, _("We still need your decision: %(about)s"), mails.asked),
        (LATE_CUSTOMER, _("Your decision is overdue: %(about)s"), mails.asked),
        (ANSWERED_CUSTOMER, _("Your question is answered: %(about)s"), mails.told),
    ):
        template = "emails/changes/decide" if context is mails.asked else "emails/changes/staff"
        register(Kind(name, subject, template, channels=("mail",), link_purpose=APPROVE_LINK, context=context, obligatory=True))
    subject = _("What you decided counts no more: %(about)s was edited")
    register(Kind(VOIDED_CUSTOMER, subject, "emails/changes/staff", channels=("mail",), context=mails.told, obligatory=True))


def _register_doing():
    """What people are told while a change is carried out and answered for."""
    for name, subject, template, label in (
        (ENDED, _("It is over: %(about)s"), "ended", _("My change is carried out or taken back")),
        (REVIEW_DUE, _("Somebody has to look back on %(about)s"), "ended", _("A change has to be reviewed")),
        (UNAPPROVED, _("Begun without a decision: %(about)s"), "unapproved", ""),
        (SETTLE, _("Keep it or take it back? %(about)s was rejected after the fact"), "settle", ""),
        (SETTLED, _("Settled: %(about)s, which was rejected after the fact"), "settled", ""),
        (MODEL_SUSPENDED, _("%(about)s went wrong: the model “%(model)s” is suspended"), "model_suspended", ""),
        (MODEL_STOPS, _("%(about)s can’t begin: the model “%(model)s” is suspended"), "model_stops", ""),
    ):
        register(Kind(name, subject, f"emails/changes/{template}", label=label))
    for name, subject, template in (
        (BEGUN_CUSTOMER, _("It begins now: %(about)s"), "begun_customer"),
        (ENDED_CUSTOMER, _("It is over: %(about)s"), "ended_customer"),
    ):
        register(Kind(name, subject, f"emails/changes/{template}", channels=("mail",), obligatory=True))
