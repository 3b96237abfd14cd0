"""What a change's page shows of carrying it out: its steps and times, its items, and what an emergency still owes."""

from django.utils.translation import gettext_lazy as _

from catalog.models import ItemUpdate
from changes import acts, carrying, rules, services
from changes.acts import Act
from changes.forms import doing as forms
from changes.forms.acts import KeyedForm
from changes.models import Change, Kind, Retrospect, Status
from changes.models.change import DONE, ENDED
from changes.services.ending import updates_under
from changes.services.updating import UNDER_WAY
from itsm.core import clock, ui
from itsm.core.models import StepTaken


def register():
    """Fill the registries."""
    ui.panel(Change, "changes/_retrospect.html", retrospect, region="main", order=5)
    ui.panel(Change, "changes/_carrying_out.html", carrying.carrying_out, region="main", order=50)
    ui.panel(Change, "changes/_looked_back.html", looked_back, region="main", order=55)
    ui.panel(Change, "changes/_items_updated.html", items_updated, order=40)
    _register_beginning()
    _register_ending()


def _register_beginning():
    acts.register(
        Act("start", _("Start"), KeyedForm, services.start, step="start", icon="player-play", primary=True, order=10,
            note=_("Your clock starts now. Tick each step of the plan when you begin it and when it ends.")),
        Act("start-emergency", _("Start in spite of what is in the way"), KeyedForm, services.start, icon="player-play", primary=True,
            order=10, offered=_goes_ahead, note=_("The panel has seen the conflicts and let it pass.")),
        Act("start-unapproved", _("Start without a decision"), forms.UnreachableForm, services.start_unapproved, step="start_unapproved",
            icon="alert-triangle", order=70, offered=lambda change, person: change.kind == Kind.EMERGENCY,
            note=_("Only while nobody of the emergency panel can be reached. Everybody whom a normal change asks has to decide within one "
                   "working day, and top management sees every such start.")),
        Act("implement", _("Implemented"), KeyedForm, services.implement, step="implement", icon="check", primary=True, order=10,
            note=_("Every step of the plan has an end. What was booked is given back.")),
        Act("back-out", _("Back out"), forms.BackOutForm, services.back_out, step="back_out", icon="rotate", order=80,
            offered=_may_still_turn_back, note=_("Take it back as the back-out plan says, then note it here. It will be looked back on.")),
        Act("note-step", _("Write down a step"), forms.NoteStepForm, services.note_step, icon="list-check", order=60,
            offered=_has_unwritten, note=_("An emergency may complete its plan afterwards; say when each step was really done.")),
    )  # fmt: skip


def _register_ending():
    acts.register(
        Act("confirm-items", _("Confirm the configuration items"), forms.ConfirmItemsForm, services.confirm_items, step="confirm_items",
            icon="check", order=20, offered=lambda change, person: change.items_confirmed_at is None,
            note=_("Each item that the change names is updated under it, or expressly unchanged.")),
        Act("review", _("Review"), forms.ReviewForm, services.look_back, step="look_back", icon="eye", order=30,
            note=_("Look back on what was planned and what happened.")),
        Act("verdict", _("Keep it or take it back"), forms.SettleForm, services.settle, step="settle", icon="shield-check", primary=True,
            order=10, offered=lambda change, person: change.retrospect == Retrospect.REJECTED and not change.verdict,
            note=_("The approval after the fact was refused. Say what becomes of what was done.")),
        Act("close", _("Close"), forms.ResultForm, services.close, step="close", icon="circle-check", primary=True, order=40,
            note=_("Nothing changes after that.")),
    )  # fmt: skip


def _goes_ahead(change, person):
    """An approved emergency that has no place in the schedule: what is in its way does not keep it."""
    return change.kind == Kind.EMERGENCY and change.status == Status.APPROVED and rules.may_implement(person, change)


def _may_still_turn_back(change, person):
    """Once the work is over, the button is only there for those who may."""
    return change.status == Status.IMPLEMENTING or rules.may_implement(person, change)


def _has_unwritten(change, person):
    return carrying.may_note(person, change) and bool(change.plan)


def retrospect(change, person):
    """What an emergency owes or was told after the fact; one query while it is owed."""
    if not change.retrospect:
        return None
    deadline = None
    if change.retrospect == Retrospect.OWED:
        waiting = change.rounds.filter(kind="after", outcome="pending", stages__outcome="pending")
        deadline = waiting.order_by("stages__deadline_at").values_list("stages__deadline_at", flat=True).first()
    return {"deadline": deadline, "is_late": deadline is not None and deadline < clock.now()}


def looked_back(change, person):
    """Why it has to be looked back on, and what was said; two queries once the work is over."""
    if change.status not in (*ENDED, Status.CLOSED) or not (change.review_due or change.review or change.kind == Kind.EMERGENCY):
        return None
    named = StepTaken.objects.about(change).filter(step="implement").values_list("details", flat=True).last() or {}
    why = [carrying.REVIEW_WHY[name] for name in named.get("review_why", ()) if name in carrying.REVIEW_WHY]
    return {"reviews": list(change.reviews.select_related("by")), "why": why, "waits": change.status in DONE}


def items_updated(change, person):
    """Each item named, what was updated under the change, and what was updated beside it meanwhile; four queries."""
    if change.status not in (*UNDER_WAY, Status.CLOSED):
        return None
    updates = list(updates_under(change).select_related("item", "by"))
    items = list(change.items.select_related("service", "type"))
    unchanged = StepTaken.objects.about(change).filter(step="confirm_items").values_list("details", flat=True).last() or {}
    touched = {update.item_id for update in updates}
    said = unchanged.get("unchanged", ()) if change.items_confirmed_at else ()
    rows = [(item, sum(1 for u in updates if u.item_id == item.pk), item.pk in said) for item in items]
    others = {update.item for update in updates if update.item_id in touched - {item.pk for item in items}}
    return {
        "rows": rows,
        "others": sorted(others, key=lambda item: item.code),
        "beside": _beside(change, items),
        "may_update": change.status in UNDER_WAY and rules.may_implement(person, change),
    }


def _beside(change, items):
    """Updates of its items since it began, until its end, that no change allowed."""
    since = ItemUpdate.objects.unauthorised().filter(item__in=items, at__gte=change.started_at)
    if change.finished_at is not None:
        since = since.filter(at__lte=change.finished_at)
    return list(since.select_related("item", "by").order_by("id")[:10])
