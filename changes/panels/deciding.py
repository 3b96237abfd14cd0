"""What pages show of approval: the rail and the home page what waits for the reader, a change's page where its approval stands."""

import uuid

from django.utils.translation import gettext_lazy as _

from changes import rules, services, standing
from changes.models import Change
from itsm.core import clock, ui

ON_THE_TILE = 6


def register():
    """Fill the registries."""
    ui.rail("changes", _("My decisions"), "changes:inbox", "inbox", may=rules.may_read, count=_waiting, order=20)
    ui.home_tile("changes/_tile_inbox.html", tile, may=_has_something, order=5, wide=True)
    ui.panel(Change, "changes/_decisions.html", decisions, region="side", order=10)


def _found(person):
    """What waits for somebody, asked once a request: the rail and the home page show the same."""
    if not hasattr(person, "waiting_decisions"):
        person.waiting_decisions = services.waiting_for(person)
    return person.waiting_decisions


def _waiting(person):
    return len(_found(person))


def _has_something(person):
    return person.is_internal and bool(_found(person))


def tile(person, at):
    """The most urgent of what waits for somebody; no query beside those of the rail."""
    found = _found(person)
    return {"waiting": found[:ON_THE_TILE], "total": len(found)}


def decisions(change, person):
    """Rounds, stages and seats of a change, and the seat that the reader may decide about now; four queries, seven while it waits."""
    rounds = standing.of(change, clock.now())
    mine = standing.found(rounds[:1], person)
    seat, decider = mine or (None, None)
    keys = {"request_key": uuid.uuid4().hex, "other_key": uuid.uuid4().hex}
    return {"rounds": rounds, "former": len(rounds) - 1, "mine": seat, "decider": decider, **keys}
