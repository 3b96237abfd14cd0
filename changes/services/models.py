"""Standard models: written, approved by somebody else, run unchanged, suspended by one failure (8.5.1)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models import ModelStatus, StandardModel
from changes.models.standard import may_keep
from changes.services import sense
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day

TAKEN = ("new",)
"""Codes that are addresses of pages."""
LONGEST_UNTIL_REVIEW = timedelta(days=731)


@verb
def write_model(*, by, at=None, **fields):
    """A new model, as a draft. Raises NotAllowed, Refused."""
    if not rules.may_raise(by):
        raise NotAllowed(_("Only our own people write models here."))
    sense.must_make_sense(fields)
    if fields["code"].lower() in TAKEN or StandardModel.objects.filter(code=fields["code"]).exists():
        raise Refused(_("Another model has this code. Choose another one."), code="code_taken")
    model = StandardModel(author=by, edited_by=by, **fields)
    model.save()
    return model


@verb
def edit_model(model, *, by, onto=None, at=None, **fields):
    """Change what a model says. An approved or suspended one is a draft again until somebody else approves it.

    Runs under way keep their copy, and can't be taken up any more unless the steps stay the same. Raises NotAllowed, Refused.
    """
    model = locked(model)
    _must_be(model, onto)
    if refusal := edit_refusal(model, by):
        raise refusal
    sense.must_make_sense(fields)
    changed = [name for name, value in fields.items() if getattr(model, name) != value]
    if not changed:
        return model
    at = at or clock.now()
    if model.status != ModelStatus.DRAFT:
        model.rework(by=by, at=at)
    model.edit(by=by, at=at, fields=changed)
    for name in changed:
        setattr(model, name, fields[name])
    model.save()
    return model


def edit_refusal(model, by):
    """Why somebody may not edit a model, as an error to raise, or None."""
    if model.status == ModelStatus.RETIRED:
        return Refused(_("This model is retired. Write a new one."), code="retired")
    return None if may_keep(by, model) else NotAllowed(may_keep.sentence)


def locked(model):
    """The model with its row locked until the transaction ends."""
    return StandardModel.objects.select_for_update(of=("self",)).select_related("author").get(pk=model.pk)


def _must_be(model, onto):
    if onto is not None and onto != model.steps_taken:
        raise Refused(_("Somebody changed it meanwhile. Look at it, then enter your changes again."), code="stale")


@verb
def approve_model(model, *, by, review_due_on, onto=None, at=None):
    """Let a model be used until its next review. Never one's own. Raises NotAllowed, Refused."""
    model = locked(model)
    _must_be(model, onto)
    at = at or clock.now()
    _must_be_ahead(review_due_on, at)
    model.approve(by=by, at=at, review_due_on=review_due_on)
    model.save()
    return model


@verb
def review_model(model, *, by, review_due_on, at=None):
    """Look at an approved model again: it stays as it is until the next review. Never one's own. Raises NotAllowed, Refused."""
    model = locked(model)
    at = at or clock.now()
    _must_be_ahead(review_due_on, at)
    model.keep(by=by, at=at, review_due_on=review_due_on)
    model.save()
    return model


def _must_be_ahead(day, at):
    today = company_day(at)
    if not today < day <= today + LONGEST_UNTIL_REVIEW:
        raise Refused(_("Choose a day for the next review, from tomorrow on and within two years."), code="review_day")


@verb
def rework_model(model, *, by, at=None):
    """Take a model back to draft, to write it anew. Raises NotAllowed, Refused."""
    return _step(model, by, at, "rework")


@verb
def suspend_model(model, *, by, reason, at=None):
    """Keep a model from being used for now; who answers for changes says why. Raises NotAllowed, Refused."""
    if not rules.manages(by):
        raise NotAllowed(_("Only the change manager may do this."))
    if not reason.strip():
        raise Refused(_("Say why it may not be used."), code="no_reason")
    return _step(model, by, at, "suspend", reason=reason)


@verb
def retire_model(model, *, by, at=None):
    """Take a model out of use for good; its runs stay. Raises NotAllowed, Refused."""
    return _step(model, by, at, "retire")


def _step(model, by, at, name, **details):
    model = locked(model)
    getattr(model, name)(by=by, at=at or clock.now(), **details)
    model.save()
    return model


def usable(at):
    """The models that may be followed on the company's day: approved, and their review not overdue."""
    return StandardModel.objects.filter(status=ModelStatus.APPROVED, review_due_on__gte=company_day(at))


def unusable_because(model, at):
    """Why a model may not be followed now, as a sentence, or None."""
    if model.status != ModelStatus.APPROVED:
        return _("This model is not approved at present. Ask for a normal change.")
    if model.review_due_on is None or model.review_due_on < company_day(at):
        return _("The review of this model is overdue. Ask the change manager to look at it again, or ask for a normal change.")
    return None
