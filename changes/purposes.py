"""What a customer's representative may do with a change through a link, without an account (requirement 62)."""

import uuid
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from changes import content, kinds, services, standing
from changes.forms.deciding import WordForm
from changes.models import Choice, Outcome
from changes.services.inbox import representatives_seat
from itsm.core import ui
from itsm.links.purposes import Purpose
from itsm.links.purposes import register as register_purpose
from itsm.people.models import Role

LIFETIME = timedelta(days=30)
FIRST = ("window", "reason", "risk", "back_out")
"""What stands on the page at once; everything else that is decided is unfolded beneath it."""
APART = ("impact",)


class ApproveForm(WordForm):
    """Approve, reject or ask: a representative does not abstain."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [choice for choice in Choice.choices if choice[0] != Choice.ABSTAIN]


def shown_to_approve(link):
    """Exactly the text that the representative reads and signs."""
    return content.text(link.record, reader=link.person)


def _approve_page(link, at):
    change = link.record
    rounds = standing.of(change, at)
    newest = rounds[0] if rounds else None
    own = _own_seat(newest, link.person)
    return {
        "change": change,
        "other_key": uuid.uuid4(),
        "first": content.sections(change, reader=link.person, only=FIRST),
        "rest": content.sections(change, reader=link.person, but=(*FIRST, *APART)),
        "impact": content.sections(change, reader=link.person, only=APART),
        "parts": ui.panels_for(change, link.person, region="decide"),
        "newest": newest,
        "own": own,
        "signers": [(stage, _signers(stage, link.person)) for stage in newest.stages] if newest else [],
        "undecided": own is not None and own.decider(link.person) is not None,
        "edited": newest is None or newest.round.outcome in (Outcome.VOIDED, Outcome.WITHDRAWN),
    }


def _own_seat(newest, person):
    """The SeatStanding of the representative's own organisation in a round, or None."""
    seats = [seat for stage in newest.stages for seat in stage.seats] if newest else []
    own = [s for s in seats if s.seat.role == Role.CUSTOMER_REPRESENTATIVE and s.seat.organisation_id == person.organisation_id]
    return own[0] if own else None


def _signers(stage, person):
    """The seats of a stage that a representative may know of: ours and their own; of other customers nothing is told."""
    return [s for s in stage.seats if s.seat.organisation_id in (None, person.organisation_id)]


def _decide(link, form, facts):
    details = form.cleaned_data
    seat = representatives_seat(link.record, link.person)
    return services.decide(seat, by=link.person, choice=details["choice"], words=details["words"], link=link, facts=facts)


def _thanks(receipt):
    return {
        Choice.APPROVE: _("Thank you. Your approval is recorded, and with it exactly the text that you read."),
        Choice.REJECT: _("Thank you. Your rejection is recorded; whoever asked for the change has your words."),
    }.get(receipt.choice) or _(
        "Thank you. Your question has reached us. You get the answer by mail; the link stays open for your decision."
    )


def _withdrawn(link):
    """Say whether it was edited since, or whether the matter is closed; nothing about what it was."""
    last = link.record.rounds.order_by("-no").first() if link.record else None
    if last is not None and last.outcome == Outcome.VOIDED:
        return _("What you were asked to approve was edited since. Once it is put before you again you get a new mail with a new link.")
    return _("Your decision is no longer needed: the matter was decided or taken back. If you have a question, please call us.")


def register():
    """Make the purpose known to the links."""
    register_purpose(
        Purpose(
            name=kinds.APPROVE_LINK, title=gettext_lazy("A change for you to approve"), template="changes/portal_approve.html",
            context=_approve_page, form_class=ApproveForm, act=_decide, text=shown_to_approve, lifetime=LIFETIME, thanks=_thanks,
            stays_open=(Choice.ASK,), withdrawn=_withdrawn,
        )
    )  # fmt: skip
