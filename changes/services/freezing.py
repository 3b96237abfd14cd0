"""Freezes: times in which nothing is changed, set by the change manager (requirement 67)."""

from django.utils.translation import gettext_lazy as _

from catalog import structure
from changes import kinds, rules
from changes.models import Change, FreezeWindow, Status
from changes.services import scheduling
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices


@verb
def set_freeze(*, by, name, reason, starts_at, ends_at, name_en="", services=(), at=None):
    """Set a freeze over some services, or over all; whoever has a change scheduled in it is told. Raises NotAllowed, Refused."""
    _must_manage(by)
    at = at or clock.now()
    scheduling.alone()
    freeze = FreezeWindow(set_by=by)
    return _kept(freeze, at, name=name, name_en=name_en, reason=reason, starts_at=starts_at, ends_at=ends_at, services=services)


@verb
def edit_freeze(freeze, *, by, at=None, **fields):
    """Change a freeze that is not over; whoever comes to lie in it is told. Raises NotAllowed, Refused."""
    _must_manage(by)
    at = at or clock.now()
    scheduling.alone()
    freeze = _standing(freeze, at)
    now = {name: getattr(freeze, name) for name in ("name", "name_en", "reason", "starts_at", "ends_at")}
    return _kept(freeze, at, **{**now, "services": list(freeze.services.all()), **fields})


@verb
def withdraw_freeze(freeze, *, by, reason, at=None):
    """End a freeze before its time, with a reason; it stays on record. Raises NotAllowed, Refused."""
    _must_manage(by)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why it is withdrawn."), code="no_reason")
    scheduling.alone()
    freeze = _standing(freeze, at)
    freeze.withdrawn_at = at
    freeze.save(update_fields=["withdrawn_at"])
    return freeze


def affected(freeze):
    """The changes that are booked within a freeze, the earliest first; two queries."""
    booked = Change.objects.meeting(freeze.starts_at, freeze.ends_at).filter(status=Status.SCHEDULED)
    services = [service.pk for service in freeze.services.all()]
    if services:
        items = list(structure.touching(services))
        concerned = booked.filter(services__in=services).values("pk").union(booked.filter(items__in=items).values("pk"))
        booked = booked.filter(pk__in=[row["pk"] for row in concerned])
    return booked.select_related("requester", "implementer").order_by("starts_at", "number")


def _kept(freeze, at, *, services, **fields):
    """The freeze with these fields, saved; new ones in it are told."""
    for name, value in fields.items():
        setattr(freeze, name, value)
    if freeze.ends_at <= freeze.starts_at:
        raise Refused(_("The freeze must end after it begins."), code="order")
    if freeze.ends_at <= at:
        raise Refused(_("The freeze would be over already."), code="past")
    freeze.save()
    freeze.services.set(services)
    told = [
        notices.Told(person, kinds.FROZEN, change, f"freeze-{freeze.pk}", {"freeze": freeze.pk})
        for change in affected(freeze)
        for person in {p.pk: p for p in (change.requester, change.implementer) if p is not None}.values()
    ]
    notices.tell_many(told, at=at)
    return freeze


def _standing(freeze, at):
    freeze = FreezeWindow.objects.select_for_update().get(pk=freeze.pk)
    if freeze.withdrawn_at or freeze.ends_at <= at:
        raise Refused(_("This freeze is over or withdrawn already."), code="over")
    return freeze


def _must_manage(by):
    if by is not None and not rules.manages(by):
        raise NotAllowed(_("Only the change manager sets freezes."))
