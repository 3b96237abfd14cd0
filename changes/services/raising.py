"""Asking for a change, editing it, assessing its risk, talking about it, giving it up."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from changes import kinds, risk, rules
from changes.models import Change, Choice, Decision, Kind, Questionnaire, Remark, RiskAssessment, SearchText, StandardModel, Status
from changes.models.change import COSMETIC, ENDED
from changes.models.search import SEARCHED
from changes.services import approving, scheduling, sense
from changes.services.models import unusable_because
from changes.wording import either
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.documents.models import Visibility
from itsm.notices import services as notices

SETS = ("services", "items", "customers")
COPIED = ("category", "reason", "impact", "interrupts", "plan", "back_out_plan", "test_evidence")
"""What a standard change takes from its model, unchanged."""


@verb
def raise_change(*, by, at=None, services=(), items=(), customers=(), **fields):
    """Write down a new change, as a draft. A standard one takes its content from its model. Raises NotAllowed, Refused."""
    if not rules.may_raise(by):
        raise NotAllowed(_("Only our own people ask for changes here."))
    sense.must_make_sense(fields)
    at = at or clock.now()
    change = Change(requester=by, edited_by=by, raised_at=at, **fields)
    if change.kind == Kind.STANDARD:
        _copy_model(change, at)
    change.save()
    for name, chosen in zip(SETS, (services, items, customers), strict=True):
        getattr(change, name).set(chosen)
    SearchText.of(change).save()
    change.refresh_from_db()
    return change


def _copy_model(change, at):
    _must_name_model(change)
    change.model = StandardModel.objects.get(pk=change.model_id)
    if sentence := unusable_because(change.model, at):
        raise Refused(sentence, code="no_model")
    for name in COPIED:
        setattr(change, name, getattr(change.model, name))


def _must_name_model(change):
    if change.kind == Kind.STANDARD and change.model is None:
        raise Refused(_("Choose the model of a standard change."), code="no_model")


@verb
def copy_model(change, *, by, at=None):
    """Let a standard change take over what its model says now. Raises NotAllowed, Refused."""
    if change.model_id is None:
        raise Refused(_("Only a standard change follows a model."), code="no_model")
    model = StandardModel.objects.get(pk=change.model_id)
    if sentence := unusable_because(model, at or clock.now()):
        raise Refused(sentence, code="no_model")
    return edit(change, by=by, at=at, **{name: getattr(model, name) for name in COPIED})


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
    if refusal := edit_refusal(change, by):
        raise refusal
    sense.must_make_sense({"starts_at": change.starts_at, "ends_at": change.ends_at, **fields})
    before, changed = change.fingerprint(), _changed(change, fields)
    if not changed:
        return change
    _keep_implementer_apart(change, fields)
    change.edit(by=by, at=at, fields=changed, material=bool(set(changed) - set(COSMETIC)))
    _wear(change, fields)
    _must_name_model(change)
    if change.assessment is not None and "category" in changed:
        _reassess(change, by=by, at=at)
    change.save()
    if set(changed) & set(SEARCHED):
        SearchText.of(change).save()
    if change.fingerprint() != before:
        _is_another(change, by=by, at=at)
    return change


def edit_refusal(change, by):
    """Why somebody may not edit a change now, as an error to raise, or None."""
    running = change.status in (Status.IMPLEMENTING, *ENDED)
    if running and change.kind != Kind.EMERGENCY:
        return Refused(_("It is under way: what was approved can't be edited any more."), code="under_way")
    return Change.edit.step.refusal(change, by)


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
        question = next(either(q["text"], q["text_en"]) for q in questionnaire.questions if q["code"] == str(missing))
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
def remark(change, *, by, words, answers=None, uploads=(), at=None):
    """Say something about a change, with files perhaps; in answer to a decider's question, who asked is told. Returns the Remark."""
    at = at or clock.now()
    if not rules.may_read(by):
        raise NotAllowed(_("You may not do this."))
    if not words.strip():
        raise Refused(_("Write something first."), code="no_words")
    if answers is not None and not Decision.objects.filter(pk=answers.pk, stage__round__change=change, choice=Choice.ASK).exists():
        raise Refused(_("Choose a question that was asked about this change."), code="no_question")
    said = Remark.objects.create(change=change, person=by, words=words.strip(), answers=answers, at=at)
    if uploads:
        documents.attach(said, uploads, by=by, visibility=Visibility.INTERNAL, at=at)
    if answers is not None and answers.person_id != by.pk:
        kind = kinds.suited(kinds.ANSWERED, answers.person)
        notices.tell(answers.person, kind, about=change, key=f"remark-{said.pk}", at=at, remark=said.pk)
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
