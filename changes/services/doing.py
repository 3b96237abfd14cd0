"""Carrying a change out: from the start, step by step, to its end or its taking back (8.5.1, 8.5.3)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from changes import kinds, rules
from changes.models import Change, Kind, Risk, RunResult, StandardModel, Status, StepRun
from changes.models.change import ENDED
from changes.models.standard import ModelStatus
from changes.services import approving, gate, scheduling, telling
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices


@verb
def start(change, *, by, at=None):
    """Begin: only with a valid approval of exactly what it says now, in its window, with nothing new in the way.

    Raises Refused, NotAllowed. A standard change needs its model approved and unchanged; an emergency owes the approval after the fact
    from now on.
    """
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if change.kind == Kind.EMERGENCY and change.status == Status.APPROVED:
        change.schedule(by=None, at=at)  # what is in the way was shown to the panel; its decision stands
        change.save()  # two steps, one after the other
    change.start(by=by, at=at)
    gate.must_not_have_decided(change, by)
    if change.kind == Kind.STANDARD:
        StandardModel.objects.select_for_update().get(pk=change.model_id)
    gate.must_be_open(change, at)
    change.save()
    if change.kind == Kind.EMERGENCY:
        approving.owe_retrospect(change, by=by, at=at)
    telling.tell_begun(change, by=by, at=at)
    return change


@verb
def begin_step(change, *, by, no, at=None):
    """Note that a step of the plan is begun, after all before it have ended. Returns its StepRun. Raises Refused, NotAllowed."""
    change = _under_way(change, by)
    at = at or clock.now()
    _must_be_next(change, no)
    return StepRun.objects.create(change=change, no=no, words=change.plan[no - 1]["words"], started_at=at, by=by)


@verb
def end_step(change, *, by, no, result, remark="", at=None):
    """Note how a step went: done, or failed or skipped with words. A step may be skipped before it began. Raises Refused, NotAllowed."""
    change = _under_way(change, by)
    at = at or clock.now()
    remark = _with_words(result, remark)
    run = change.runs.filter(no=no).first()
    if run is not None and run.finished_at is not None:
        raise Refused(_("Step %(no)s has ended already: %(result)s.") % {"no": no, "result": run.get_result_display()}, code="ended")
    if run is None:
        if result != RunResult.SKIPPED:
            raise Refused(_("Begin step %(no)s first.") % {"no": no}, code="not_begun")
        _must_be_next(change, no)
        run = StepRun(change=change, no=no, words=change.plan[no - 1]["words"], started_at=at, by=by)
    run.finished_at, run.ended_by, run.result, run.remark = max(at, run.started_at), by, result, remark
    run.save()
    return run


@verb
def note_step(change, *, by, no, started_at, finished_at, result, remark="", at=None):
    """Write down afterwards when a step of an emergency was done; its plan may be completed after the fact. Raises Refused, NotAllowed."""
    change = _under_way(change, by, afterwards=True)
    at = at or clock.now()
    remark = _with_words(result, remark)
    if not 1 <= no <= len(change.plan):
        raise Refused(_("The plan has no step %(no)s.") % {"no": no}, code="no_such_step")
    if change.runs.filter(no=no).exists():
        raise Refused(_("Step %(no)s is written down already.") % {"no": no}, code="begun")
    started_at, finished_at = _within(change, started_at, finished_at, at)
    return StepRun.objects.create(
        change=change, no=no, words=change.plan[no - 1]["words"], started_at=started_at, finished_at=finished_at, by=by, ended_by=by,
        result=result, remark=remark,
    )  # fmt: skip


def _within(change, started_at, finished_at, at):
    """Both times, when they lie between the start and now; people write minutes, so the minute of the start counts as after it."""
    if not change.started_at - timedelta(minutes=1) < started_at <= finished_at <= at:
        raise Refused(_("Give times between the start of the change and now, in order."), code="times")
    return max(started_at, change.started_at), max(finished_at, change.started_at)


def _under_way(change, by, *, afterwards=False):
    """The change, locked, when this person may carry it out now."""
    change = Change.objects.locked(change.pk)
    if not rules.may_implement(by, change):
        raise NotAllowed(rules.may_implement.sentence)
    afterwards = afterwards and change.kind == Kind.EMERGENCY and change.status in ENDED
    if change.status != Status.IMPLEMENTING and not afterwards:
        raise Refused(_("It is not being carried out: it is %(status)s.") % {"status": change.get_status_display()}, code="wrong_status")
    gate.must_not_have_decided(change, by)
    return change


def _with_words(result, remark):
    if result not in RunResult.values:
        raise Refused(_("A step is done, failed or skipped."), code="no_such_result")
    if result != RunResult.DONE and not remark.strip():
        raise Refused(_("Say why: a step that failed or was skipped needs words."), code="no_words")
    return remark.strip()


def _must_be_next(change, no):
    if not 1 <= no <= len(change.plan):
        raise Refused(_("The plan has no step %(no)s.") % {"no": no}, code="no_such_step")
    runs = {run.no: run for run in change.runs.select_related("by")}
    if no in runs:
        raise Refused(_("%(person)s has begun step %(no)s already.") % {"person": runs[no].by, "no": no}, code="begun")
    if (running := next((run.no for run in runs.values() if run.finished_at is None), None)) is not None:
        raise Refused(_("Step %(no)s is not over yet.") % {"no": running}, code="still_running")
    if open_before := [before for before in unended(change) if before < no]:
        raise Refused(_("Step %(no)s comes first.") % {"no": open_before[0]}, code="out_of_order")


def unended(change):
    """Numbers of the plan's steps that have no end yet."""
    ended = set(change.runs.filter(finished_at__isnull=False).values_list("no", flat=True))
    return [no for no in range(1, len(change.plan) + 1) if no not in ended]


@verb
def implement(change, *, by, at=None):
    """Say that the work is done, with every step of the plan ended; what has to be looked back on is named. Raises Refused."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    change.implement(by=by, at=at, review_why=_review_why(change, at))
    must_have_ended(change)
    _end(change, by=by, at=at)
    if change.runs.filter(result=RunResult.FAILED).exists():
        suspend_model(change, _("%(change)s failed in a step.") % {"change": change}, at=at)
    return change


def must_have_ended(change):
    """Raise Refused while a step of the plan has no end."""
    if left := unended(change):
        raise Refused(_("Step %(no)s has no end yet: done, failed or skipped?") % {"no": left[0]}, code="unended")


def _review_why(change, at):
    """Why this change must be looked back on (domain.md section 5); names as in `carrying.REVIEW_WHY`."""
    reasons = {
        "high_risk": change.risk == Risk.HIGH,
        "emergency": change.kind == Kind.EMERGENCY,
        "failed_step": change.runs.filter(result=RunResult.FAILED).exists(),
        "first_run": change.kind == Kind.STANDARD and _is_first_run(change),
        "outside_window": not _was_in_window(change, at),
    }
    return [name for name, holds in reasons.items() if holds]


def _was_in_window(change, at):
    """Whether it was begun and is over within the window it named."""
    if None in (change.starts_at, change.ends_at, change.started_at):
        return False
    return change.starts_at <= change.started_at and at <= change.ends_at


def _is_first_run(change):
    """Whether no other run of the model, as it is approved now, has come to its end."""
    runs = Change.objects.filter(model=change.model_id, started_at__gte=change.model.approved_at or change.started_at)
    return not runs.filter(finished_at__isnull=False).exclude(pk=change.pk).exists()


def _end(change, *, by, at):
    """What follows when the work is over: the slot is given back, and people are told. Saves."""
    change.save()
    scheduling.finish(change, at)
    telling.tell_ended(change, by=by, at=at)


@verb
def back_out(change, *, by, reason, at=None):
    """Say that it was taken back as the back-out plan says, during the work or afterwards; it is always looked back on. Raises Refused."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why it was taken back."), code="no_reason")
    change.back_out(by=by, at=at, reason=reason.strip())
    for run in change.runs.filter(finished_at=None):
        run.finished_at, run.ended_by, run.result, run.remark = max(at, run.started_at), by, RunResult.FAILED, reason.strip()
        run.save()
    _end(change, by=by, at=at)
    suspend_model(change, _("%(change)s was backed out.") % {"change": change}, at=at)
    return change


def suspend_model(change, why, *, at):
    """One failure suspends the model of a standard change: who wrote it, who answers for changes and who waits for a run are told."""
    if change.kind != Kind.STANDARD:
        return
    model = StandardModel.objects.select_for_update(of=("self",)).select_related("author").get(pk=change.model_id)
    if model.status != ModelStatus.APPROVED:
        return
    model.suspend(by=None, at=at, reason=str(why))
    model.save()
    for person in dict.fromkeys([model.author, *telling.managers(at)]):
        notices.tell(person, kinds.MODEL_SUSPENDED, about=change, key=f"model-{model.pk}-{model.steps_taken}", at=at, model=model.name)
    waiting = Change.objects.filter(model=model, status__in=[Status.APPROVED, Status.SCHEDULED]).select_related("requester", "implementer")
    for other in waiting:
        for person in {other.requester, other.implementer} - {None}:
            notices.tell(person, kinds.MODEL_STOPS, about=other, key=f"model-{model.pk}-{model.steps_taken}", at=at, model=model.name)
