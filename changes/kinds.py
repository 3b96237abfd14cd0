"""What changes tell people. Registered when the app is ready."""

from django.utils.translation import gettext_lazy as _

from itsm.notices.kinds import Kind, register

APPROVE_LINK = "approve"

DECIDE = "changes.decide"
DECIDE_CUSTOMER = "changes.decide_customer"
REMIND = "changes.remind"
REMIND_CUSTOMER = "changes.remind_customer"
LATE = "changes.late"
DECIDED = "changes.decided"
VOIDED = "changes.voided"
ANSWERED = "changes.answered"
REJECTED_AFTER = "changes.rejected_after"

BEGUN_CUSTOMER = "changes.begun_customer"
ENDED_CUSTOMER = "changes.ended_customer"
ENDED = "changes.ended"
REVIEW_DUE = "changes.review_due"
UNAPPROVED = "changes.unapproved"
SETTLE = "changes.settle"
SETTLED = "changes.settled"
MODEL_SUSPENDED = "changes.model_suspended"
MODEL_STOPS = "changes.model_stops"

FOR_CUSTOMER = {DECIDE: DECIDE_CUSTOMER, REMIND: REMIND_CUSTOMER, LATE: REMIND_CUSTOMER}
"""What a customer's representative is told in the place of our own people's notice."""


def register_all():
    """Make every kind known to the notices."""
    for name, subject, label in (
        (DECIDE, _("Your decision, please: %(about)s"), ""),
        (REMIND, _("Half of the time is over: your decision about %(about)s"), ""),
        (LATE, _("Late: nobody has decided about %(about)s"), ""),
        (DECIDED, _("Somebody decided about %(about)s"), _("Somebody decides about my change")),
        (VOIDED, _("What you decided counts no more: %(about)s was edited"), ""),
        (ANSWERED, _("Your question is answered: %(about)s"), _("My question about a change is answered")),
        (REJECTED_AFTER, _("Rejected after the fact: %(about)s"), ""),
    ):
        register(Kind(name, subject, "emails/changes/staff", label=label))
    for name, subject in (
        (DECIDE_CUSTOMER, _("Your decision, please: %(about)s")),
        (REMIND_CUSTOMER, _("We still need your decision: %(about)s")),
    ):
        register(Kind(name, subject, "emails/changes/decide", channels=("mail",), link_purpose=APPROVE_LINK, obligatory=True))
    _register_doing()


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
