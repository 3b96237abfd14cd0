"""What pages show of the calendar and what is in the way."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from changes import acts, rules, services
from changes.acts import Act
from changes.conflicts import period
from changes.forms.acts import KeyedForm
from changes.forms.scheduling import OverrideForm
from changes.models import Change, Status
from changes.models.change import BOOKED, DECIDED_ON, PREPARED
from itsm.core import clock, ui

ASKED = (*PREPARED, *DECIDED_ON, *BOOKED)
"""States in which it matters what is in the way."""


def register():
    """Fill the registries."""
    ui.rail("changes", _("Change calendar"), "changes:calendar", "calendar-event", may=rules.may_read, order=20)
    ui.rail("changes", _("Freezes"), "changes:freezes", "snowflake", may=rules.may_read, order=30)
    ui.panel(Change, "changes/_panel_conflicts.html", in_the_way, region="main", order=40)
    ui.panel(Change, "changes/_panel_window.html", window, region="side", order=30)
    ui.panel(Change, "changes/_decide_conflicts.html", before_deciding, region="decide")
    acts.register(
        Act("schedule", _("Schedule"), KeyedForm, services.schedule, step="schedule", icon="calendar-check", primary=True, order=20,
            note=_("Books the window. It is refused while something is in the way.")),
        Act("override", _("Let it pass"), OverrideForm, services.override, icon="lock-open", order=30, offered=_is_held_up,
            note=_("The reason stands on the change for everybody to read, and counts for what it says now.")),
    )  # fmt: skip


def _is_held_up(change, person):
    return change.status == Status.APPROVED and rules.may_override(person)


def in_the_way(change, person):
    """The conflicts of a change that is still to be done, and whether this person may override one; nothing for customers."""
    if not person.is_internal:
        return None
    asked = change.status in ASKED and change.status != Status.REJECTED
    found = services.conflicts_of(change, clock.now()) if asked else []
    own = person.pk in (change.requester_id, change.implementer_id)
    may = {"may_override": rules.may_override(person) and not own, "may_break_freeze": rules.may_break_freeze(person) and not own}
    return {"record": change, "conflicts": found, "is_asked": asked and change.starts_at is not None, **may}


def before_deciding(change, person):
    """What is in the way, for whoever decides; a customer's person reads only whether something is, not whose."""
    found = services.conflicts_of(change, clock.now()) if change.starts_at and change.ends_at else []
    return {
        "is_internal": person.is_internal,
        "conflicts": found if person.is_internal else [],
        "held_up": any(conflict.is_open for conflict in found),
    }


def window(change, person):
    """When it is to be done, and whether the time is booked; one query."""
    held = list(change.bookings.filter(active=True).values_list("overridden", flat=True))
    words = period(change.starts_at, change.ends_at, clock.now()) if change.starts_at and change.ends_at else ""
    day = f"{timezone.localtime(change.starts_at):%Y-%m-%d}" if words else ""
    return {"booked": len(held), "shared": sum(held), "words": words, "is_booked": change.status in BOOKED, "day": day}
