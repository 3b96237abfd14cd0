"""Who hears that a change begins, ends or goes wrong."""

from changes import kinds
from changes.models import Risk, Status
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Role


def managers(at):
    """Who answers for changes now: the change managers and the IT service manager, deputies in the place of those not here."""
    return list(dict.fromkeys([*duty.holders(Role.CHANGE_MANAGER, at), *duty.holders(Role.SERVICE_MANAGER, at)]))


def tell_managers(change, kind, *, but, at, **params):
    """Tell everybody who answers for changes, except `but`, once for each kind and step of the change."""
    for person in managers(at):
        if person != but:
            notices.tell(person, kind, about=change, key=str(change.steps_taken), at=at, **params)


def tell_customers(change, kind, *, at, **params):
    """Tell the representatives of the customers concerned, where they will notice it: an interruption, or a high risk."""
    if not (change.interrupts or change.risk == Risk.HIGH):
        return
    for customer in change.customers.all():
        for person in duty.holders(Role.CUSTOMER_REPRESENTATIVE, at, organisation=customer):
            notices.tell(person, kind, about=change, key=f"{change.steps_taken}-{customer.pk}", at=at, **params)


def tell_ended(change, *, by, at):
    """The work is over, for better or worse: who asked, the customers, and whoever has to see to the review."""
    how = {"was_backed_out": change.status == Status.BACKED_OUT, "ended_at": at}
    if change.requester != by:
        notices.tell(change.requester, kinds.ENDED, about=change, key=str(change.steps_taken), at=at, **how)
    tell_customers(change, kinds.ENDED_CUSTOMER, at=at, **how)
    if change.review_due:
        tell_managers(change, kinds.REVIEW_DUE, but=None, at=at, **how)


def tell_begun(change, *, by, at):
    """The work begins: the customers who will notice it hear so."""
    tell_customers(change, kinds.BEGUN_CUSTOMER, at=at)
