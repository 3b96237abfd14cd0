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
CONFLICT = "changes.conflict"
FROZEN = "changes.frozen"

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
        (CONFLICT, _("Approved, but something is in the way: %(about)s"), ""),
        (FROZEN, _("A freeze was set over the window of %(about)s"), ""),
    ):
        register(Kind(name, subject, "emails/changes/staff", label=label))
    for name, subject in (
        (DECIDE_CUSTOMER, _("Your decision, please: %(about)s")),
        (REMIND_CUSTOMER, _("We still need your decision: %(about)s")),
    ):
        register(Kind(name, subject, "emails/changes/decide", channels=("mail",), link_purpose=APPROVE_LINK, obligatory=True))
