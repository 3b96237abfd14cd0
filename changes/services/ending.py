"""From the end of the work to the closed record: items confirmed, looked back on by somebody else, closed with what it came to."""

from django.utils.translation import gettext_lazy as _

from catalog.models import ItemUpdate
from changes import signals
from changes.models import Change, Result, Review, RunResult, Status, Verdict
from changes.services import doing, scheduling
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.core.verbs import verb

BETTER_FIRST = (Result.SUCCESSFUL, Result.WITH_ISSUES, Result.BACKED_OUT, Result.FAILED)


@verb
def confirm_items(change, *, by, unchanged=(), at=None):
    """Confirm that the configuration items are up to date: each was updated under this change, or is said to be unchanged (8.2.6).

    `unchanged`: the items that stay as they are. Raises Refused and names those nobody spoke about.
    """
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    said = {item.pk for item in unchanged}
    left = [item for item in unconfirmed(change) if item.pk not in said]
    change.confirm_items(by=by, at=at, unchanged=sorted(said))
    if left:
        names = ", ".join(item.code for item in left)
        raise Refused(_("Update these, or say that they are unchanged: %(items)s.") % {"items": names}, code="unconfirmed")
    change.save()
    return change


def unconfirmed(change):
    """The items named that no update under this change has touched."""
    return list(change.items.exclude(pk__in=updates_under(change).values("item")))


def updates_under(change):
    """What was updated under the authority of this change, the first first."""
    return ItemUpdate.objects.filter(content_type__app_label="changes", content_type__model="change", object_id=change.pk).order_by("id")


@verb
def look_back(change, *, by, words, result, went_well="", went_badly="", follow_ups="", at=None):
    """The post-implementation review, by somebody who did not carry it out: what we learn, and what it came to."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if not words.strip():
        raise Refused(_("Say what we learn from it."), code="no_words")
    change.look_back(by=by, at=at, review=words.strip())
    if change.runs.filter(by=by).exists() or change.runs.filter(ended_by=by).exists():
        raise NotAllowed(_("You carried out a step of it. Somebody else has to judge it."), code="not_independent")
    _must_fit(change, result)
    change.save()
    Review.objects.create(
        change=change, went_well=went_well.strip(), went_badly=went_badly.strip(), follow_ups=follow_ups.strip(), result=result,
        words=words.strip(), by=by, at=at,
    )  # fmt: skip
    return change


@verb
def close(change, *, by, result, at=None):
    """Close with what it came to; nothing is left open, and none is closed better than it ended or was judged."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    change.close(by=by, at=at, result=result)
    if change.kind == "emergency" and not was_backed_out(change):
        doing.must_have_ended(change)
    _must_fit(change, result)
    _must_not_be_better(change, result)
    change.save()
    scheduling.finish(change, at)
    if result == Result.FAILED:
        doing.suspend_model(change, _("%(change)s failed.") % {"change": change}, at=at)
    signals.closed.send(sender=Change, change=change, by=by, at=at)
    return change


def was_backed_out(change):
    """Whether the change was taken back at its end."""
    taken = StepTaken.objects.filter(content_type__app_label="changes", content_type__model="change", object_id=change.pk)
    return change.status == Status.BACKED_OUT or taken.filter(step="back_out").exists()


def fitting(change):
    """The results that agree with what happened, as they may be chosen."""
    if change.verdict == Verdict.ROLL_BACK or was_backed_out(change):
        return [Result.BACKED_OUT, Result.FAILED]
    flawed = change.runs.filter(result=RunResult.FAILED).exists()
    return [Result.WITH_ISSUES, Result.FAILED] if flawed else [Result.SUCCESSFUL, Result.WITH_ISSUES, Result.FAILED]


def _must_fit(change, result):
    if result not in fitting(change):
        told = ", ".join(str(fits.label) for fits in fitting(change))
        raise Refused(_("That is not how it ended. What fits: %(results)s.") % {"results": told}, code="does_not_fit")


def _must_not_be_better(change, result):
    judged = change.reviews.last()
    if change.verdict == Verdict.ROLL_BACK and not was_backed_out(change):
        raise Refused(_("It was decided to take it back. Back it out first."), code="not_backed_out")
    if judged is not None and change.review and BETTER_FIRST.index(result) < BETTER_FIRST.index(judged.result):
        raise Refused(
            _("The review judged it as: %(result)s. It can't be closed as better.") % {"result": judged.get_result_display()}, code="judged"
        )
