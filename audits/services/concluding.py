"""What a management review came to: three verdicts, decisions, the signed minutes (clause 9.3, requirement 111)."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from audits import kinds, minutes, sampling
from audits.models import Answer, ManagementReview, Minutes, Question, ReviewAction, ReviewVerdict
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.documents import paper
from itsm.documents import services as documents
from itsm.people import duty
from itsm.people.models import Role
from itsm.people.zones import company_day

DRAFTED = ("sort", "title", "why", "owner", "due_on")


@verb
def judge_review(review, *, by, verdicts, at=None):
    """The chair's verdicts, `{question: (answer, reasons)}`; each stays until the chair says otherwise. Raises NotAllowed, Refused."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    if not verdicts:
        raise Refused(_("Judge at least one of the three."), code="no_verdict")
    for question, (answer, reasons) in verdicts.items():
        if question not in Question.values or answer not in Answer.values:
            raise Refused(_("Say yes, yes with reservations, or no."), code="verdict")
        if not reasons.strip():
            raise Refused(_("Say why: a verdict without reasons is none."), code="no_reason")
    review.judge(by=by, at=at, answers={str(question): str(answer) for question, (answer, _why) in verdicts.items()})
    for question, (answer, reasons) in verdicts.items():
        said = {"answer": answer, "reasons": reasons.strip(), "by": by, "at": at}
        ReviewVerdict.objects.update_or_create(review=review, question=question, defaults=said)
    review.save()
    return review


@verb
def decide(review, *, by, at=None, **said):
    """Write down a decision: `title`, `why`, `sort`, `owner`, `due_on`. It begins when the minutes are signed."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    fields = _checked(said, at)
    review.decide(by=by, at=at)
    review.nothing_decided = ""
    review.save()
    action = ReviewAction(review=review, **fields)
    action.save()
    action.refresh_from_db(fields=["number"])
    return action


def _checked(said, at):
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in said.items() if name in DRAFTED}
    if not fields.get("title"):
        raise Refused(_("Say what is to be done."), code="no_title")
    if fields["due_on"] < company_day(at):
        raise Refused(_("An action can’t be due in the past."), code="past")
    if not (fields["owner"].is_internal and fields["owner"].is_active):
        raise Refused(_("Only our own people own what a review decides."), code="owner")
    return fields


@verb
def redraft(action, *, by, at=None, **said):
    """Word a decision anew before it is signed."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    action.redraft(by=by, at=at, fields=_checked(said, at))
    action.save()
    return action


@verb
def strike(action, *, by, reason, at=None):
    """Strike a decision out before it is signed, with a reason."""
    action = ReviewAction.objects.locked(action.pk)
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
    action.strike(by=by, at=at or clock.now(), reason=reason.strip())
    action.save()
    return action


@verb
def decide_nothing(review, *, by, reason, at=None):
    """Say that nothing was decided, and why: that is an answer too. Refused while a decision is written down."""
    review = ManagementReview.objects.locked(review.pk)
    if not reason.strip():
        raise Refused(_("Say why nothing had to be decided."), code="no_reason")
    if review.actions.filter(status="draft").exists():
        raise Refused(_("Decisions are written down. Strike them out first."), code="decided")
    review.decide_nothing(by=by, at=at or clock.now(), reason=reason.strip())
    review.save()
    return review


@verb
def cancel_review(review, *, by, reason, at=None):
    """Cancel a review that is not signed, with a reason; decisions that were written down are struck out."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
    for action in review.actions.filter(status="draft").select_related("review"):
        action.strike(by=by, at=at, reason=reason.strip())
        action.save()
    review.cancel(by=by, at=at, reason=reason.strip())
    review.save()
    return review


@verb
def sign_review(review, *, by, sha256, at=None):
    """Sign the minutes: the chair alone, exactly what was shown (`sha256`). Its actions begin, and the papers are made.

    Refused where the minutes say something else by now, and while an input, a verdict, the chair or the decisions are missing.
    """
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    if refusal := ManagementReview.sign.step.refusal(review, by):
        raise refusal
    content = minutes.content(review)
    if sampling.digest(content) != sha256:
        raise Refused(_("The minutes say something else by now. Read them again, then sign."), code="changed")
    review.sign(by=by, at=at, signed=content)
    review.save()
    actions = list(review.actions.filter(status="draft").select_related("owner__organisation", "review"))
    for action in actions:
        action.begin(by=by, at=at)
        action.save()
        tell([action.owner], kinds.REVIEW_ACTION, action, but=by, at=at)
    _print(review, by=by, at=at)
    tell(duty.holders(Role.SERVICE_MANAGER, at), kinds.REVIEW_SIGNED, review, but=by, at=at)
    return review


def _print(review, *, by, at):
    """The papers, one in each language, kept with the hash of their bytes."""
    for language, _name in settings.LANGUAGES:
        printed = minutes.printed(review.signed, review.picture, language=language, signature=(by.name, at, review.signed_sha256))
        upload = ContentFile(printed, name=f"{review.shown_number}-{language}.pdf")
        (file,) = documents.attach(review, [upload], by=by, visibility="internal", at=at)
        Minutes.objects.create(review=review, language=language, sha256=paper.sha256(printed), file=file)
