"""New or greatly changed services: from the plan to the hand-over (8.5.2)."""

from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models import Transition
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb


def _locked(transition):
    return Transition.objects.select_for_update(of=("self",)).select_related("responsible").get(pk=transition.pk)


@verb
def plan_transition(*, by, at=None, **fields):
    """Write down a service that is to come, to change greatly, to go or to move. Raises NotAllowed."""
    if not rules.may_raise(by):
        raise NotAllowed(_("Only our own people plan services."))
    transition = Transition(**fields)
    transition.save()
    transition.refresh_from_db()
    return transition


@verb
def edit_transition(transition, *, by, onto=None, at=None, **fields):
    """Change what is written about it. `onto`: the number of steps the editor had seen. Raises NotAllowed, Refused."""
    transition = _locked(transition)
    if onto is not None and onto != transition.steps_taken:
        raise Refused(_("Somebody changed it meanwhile. Look at it, then enter your changes again."), code="stale")
    changed = [name for name, value in fields.items() if getattr(transition, name) != value]
    transition.edit(by=by, at=at or clock.now(), fields=changed)
    for name in changed:
        setattr(transition, name, fields[name])
    transition.save()
    return transition


@verb
def go_on(transition, *, by, step, at=None, **details):
    """Take one of its steps: planned, designed, accept (words), hand_it_over (team, hand_over, achieved), cancel (reason)."""
    transition = _locked(transition)
    getattr(transition, step)(by=by, at=at or clock.now(), **details)
    transition.save()
    return transition
