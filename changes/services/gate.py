"""Whether a change may begin now: asked under its lock, in the transaction that starts it (8.5.1, O8)."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from changes.models import Choice, Decision, FreezeWindow, Kind, Outcome, Override, RoundKind, StandardModel
from changes.models.standard import ModelStatus
from changes.services import scheduling, scope
from itsm.core import wording
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Appointment, Role


def must_be_open(change, at):
    """Raise Refused with the first thing that keeps an approved change from beginning now."""
    for check in CHECKS:
        check(change, at)


def obstacles(change, at):
    """Every sentence that keeps an approved change from beginning now; for its page."""
    found = []
    for check in CHECKS:
        try:
            check(change, at)
        except Refused as refusal:
            found.append(refusal.sentence)
    return found


def must_not_have_decided(change, person):
    """Who approved what a change says now doesn't carry it out. Raises NotAllowed."""
    said = Decision.objects.filter(Q(person=person) | Q(on_behalf_of=person), stage__round__change=change, choice=Choice.APPROVE)
    if said.filter(stage__round__kind=RoundKind.BEFORE, stage__round__outcome=Outcome.APPROVED).exists():
        raise NotAllowed(_("You approved this change. Somebody else has to carry it out."), code="approver")


def _is_approved(change, at):
    """The decisions of everybody required stand, on exactly what it says now; the database says so."""
    if change.kind == Kind.STANDARD:
        _model_stands(StandardModel.objects.get(pk=change.model_id), change)
    elif not change.is_approved():
        raise Refused(_("What it says now is not what was approved. Submit it again."), code="not_approved")


def _model_stands(model, change):
    if model.status != ModelStatus.APPROVED:
        sentence = _("Its model is not approved at present. %(why)s Ask for a normal change, or wait for the model.")
        raise Refused(sentence % {"why": model.suspended_why}, code="no_model")
    if (change.plan, change.back_out_plan, change.category) != (model.plan, model.back_out_plan, model.category):
        raise Refused(_("The steps are not those of the model any more. Ask for a normal change."), code="not_the_model")


def _window_is_open(change, at):
    if at < change.starts_at:
        raise Refused(_("Its window opens at %(at)s.") % {"at": wording.clock_time(change.starts_at, at)}, code="too_early")
    if at >= change.ends_at:
        sentence = _("Its window closed at %(at)s. Choose another; what is decided anew has to be asked anew.")
        raise Refused(sentence % {"at": wording.clock_time(change.ends_at, at)}, code="too_late")


def _nothing_is_in_the_way(change, at):
    """An emergency goes on in spite of conflicts: its panel saw them. A freeze only opens for top management."""
    if change.kind == Kind.EMERGENCY:
        must_not_be_frozen(change, at)
    else:
        scheduling.no_new_conflict(change, at)


CHECKS = (_is_approved, _window_is_open, _nothing_is_in_the_way)


def freezes(change, at):
    """The standing freezes between an instant and the end of its window that concern a change, by their beginning."""
    services = scope.services_concerned(change)
    met = FreezeWindow.objects.meeting(at, max(change.ends_at or at, at + timedelta(minutes=1)))
    return list(met.filter(Q(services=None) | Q(services__in=services)).distinct())


def must_not_be_frozen(change, at):
    """Raise Refused when a freeze stands that top management has not opened for exactly this content."""
    frozen = freezes(change, at)
    if frozen and not _top_management_agrees(change, at):
        sentence = _("It is frozen: %(freeze)s. Only top management lets it pass.")
        raise Refused(sentence % {"freeze": frozen[0].label()}, code="frozen")


def _top_management_agrees(change, at):
    top = Appointment.objects.current(at).filter(role=Role.TOP_MANAGEMENT).values("person")
    said = Decision.objects.filter(stage__round__change=change, choice=Choice.APPROVE, stage__round__outcome=Outcome.APPROVED)
    content = change.fingerprint()
    decided = said.filter(Q(person__in=top) | Q(on_behalf_of__in=top), fingerprint=content)
    return decided.exists() or Override.objects.filter(change=change, fingerprint=content, by__in=top, key__startswith="freeze").exists()
