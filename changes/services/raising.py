"""Asking for a change, editing it, assessing its risk, talking about it, giving it up."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from changes import kinds, risk, rules
from changes.models import Change, Decision, Kind, Questionnaire, Remark, RiskAssessment, Status
from changes.models.change import COSMETIC, ENDED
from changes.services import approving, scheduling
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices

SETS = ("services", "items", "customers")
COPIED = ("category", "reason", "impact", "interrupts", "plan", "back_out_plan", "test_evidence")
"""What a standard change takes from its model, unchanged."""


@verb
def raise_change(*, by, at=None, services=(), items=(), customers=(), **fields):
    """Write down a new change, as a draft. A standard one takes its content from its model. Raises NotAllowed, Refused."""
    if not rules.may_raise(by):
        raise NotAllowed(_("Only our own people ask for changes here."))
    change = Change(requester=by, edited_by=by, raised_at=at or clock.now(), **fields)
    if change.kind == Kind.STANDARD:
        _copy_model(change)
    change.save()
    for name, chosen in zip(SETS, (services, items, customers), strict=True):
        getattr(change, name).set(chosen)
    change.refresh_from_db()
    return change


def _copy_model(change):
    if change.model is None:
        raise Refused(_("Choose the model of a standard change."), code="no_model")
    for name in COPIED:
        setattr(change, name, getattr(change.model, name))


@verb
def edit(change, *, by, onto=None, at=None, **fields):
    """Change what a change says. A material edit voids what was decided, and those who decided are told.

    `onto`: the number of steps the editor had seen; when somebody did something since, they look again first.
    Raises NotAllowed, Refused. Returns the change.
    """
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if onto is not None and onto != change.steps_taken:
        raise Refused(_("Somebody changed it meanwhile. Look at it, then enter your changes again."), code="stale")
    _must_be_editable(change)
    before, changed = change.fingerprint(), _changed(change, fields)
    if not changed:
        return change
    _keep_implementer_apart(change, fields)
    change.edit(by=by, at=at, fields=changed, material=bool(set(changed) - set(COSMETIC)))
    _wear(change, fields)
    if change.assessment is not None and "category" in changed:
        _reassess(change, by=by, at=at)
    change.save()
    if change.fingerprint() != before:
        _is_another(change, by=by, at=at)
    return change


def _must_be_editable(change):
    running = change.status in (Status.IMPLEMENTING, *ENDED)
    if running and change.kind != Kind.EMERGENCY:
        raise Refused(_("It is under way: what was approved can't be edited any more."), code="under_way")


def _changed(change, fields):
    """Names of the fields that get another value, in the order given."""
    found = []
    for name, value in fields.items():
        if name in SETS:
            same = set(getattr(change, name).values_list("pk", flat=True)) == {row.pk for row in value}
        else:
            same = getattr(change, name) == value
        found += [] if same else [name]
    return found


def _keep_implementer_apart(change, fields):
    """Who decided about a change does not carry it out."""
    new = fields.get("implementer")
    if new is not None and new.pk != change.implementer_id:
        counts = Decision.objects.filter(stage__round__change=change, stage__round__outcome__in=["pending", "approved"], choice="approve")
        if counts.filter(Q(person=new) | Q(on_behalf_of=new)).exists():
            raise Refused(_("%(person)s approved this change and can't carry it out.") % {"person": new}, code="approver")


def _wear(change, fields):
    for name, value in fields.items():
        if name in SETS:
            getattr(change, name).set(value)
        else:
            setattr(change, name, value)


def _is_another(change, *, by, at):
    """What was decided is about something else now."""
    change.edited_by = by
    former = approving.void(change, by=by, at=at)
    change.save()
    if change.retrospect:
        change.verdict = ""
        approving.owe_retrospect(change, by=by, at=at, since=former)


@verb
def assess(change, *, by, answers, triggers=(), remark="", questionnaire=None, at=None):
    """Answer the risk questions: {code: score}, and the codes of what makes it high. Raises Refused for what is missing."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    questionnaire = questionnaire or questions_in_force()
    change.assess(by=by, at=at, assessment=_assessment(change, questionnaire, answers, triggers, remark, by, at))
    change.edited_by = by
    change.save()
    return change


def questions_in_force():
    """The newest version of the risk questions; the shipped ones where none was published."""
    shipped = {"questions": risk.SHIPPED_QUESTIONS, "triggers": risk.SHIPPED_TRIGGERS, **risk.SHIPPED_THRESHOLDS}
    newest = Questionnaire.objects.order_by("-no").first()
    return newest or Questionnaire.objects.get_or_create(no=1, defaults=shipped)[0]


def _assessment(change, questionnaire, answers, triggers, remark, by, at):
    try:
        total = risk.score(questionnaire.questions, answers)
    except ValueError as missing:
        question = next(q["text_en"] for q in questionnaire.questions if q["code"] == str(missing))
        raise Refused(_("Answer every question: “%(question)s” is missing.") % {"question": question}, code="unanswered") from missing
    held = risk.triggers_of(change.category, triggers)
    level = risk.level(total, held, medium_from=questionnaire.medium_from, high_from=questionnaire.high_from)
    return RiskAssessment.objects.create(
        change=change, questionnaire=questionnaire, answers=answers, triggers=held, score=total, risk=level, remark=remark, by=by, at=at
    )


def _reassess(change, *, by, at):
    """Another category may be high in any case: the same answers are judged anew."""
    former = change.assessment
    ticked = [code for code in former.triggers if code not in risk.ALWAYS_HIGH.values()]
    change.assessment = _assessment(change, former.questionnaire, former.answers, ticked, former.remark, by, at)
    change.risk = change.assessment.risk


@verb
def remark(change, *, by, words, answers=None, at=None):
    """Say something about a change; in answer to a decider's question, who asked is told."""
    if not rules.may_read(by):
        raise NotAllowed(_("You may not do this."))
    said = Remark.objects.create(change=change, person=by, words=words, answers=answers)
    if answers is not None and answers.person_id != by.pk:
        notices.tell(answers.person, kinds.ANSWERED, about=change, key=f"remark-{said.pk}", at=at, remark=said.pk)
    return said


@verb
def cancel(change, *, by, reason, at=None):
    """Give a change up before it begins. Raises Refused without a reason."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why it is given up."), code="no_reason")
    change.cancel(by=by, at=at, reason=reason)
    approving.end_open_round(change, "withdrawn", at)
    scheduling.release(change)
    change.save()
    return change
