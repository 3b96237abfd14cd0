"""The verbs of management reviews and their actions that pages offer as buttons."""

from django.utils.translation import gettext_lazy as _

from audits import minutes, review_forms, services
from audits import review_framework as framework
from audits import review_rules as rules
from audits.action_forms import HandOverForm, MoveForm
from audits.acts import Act
from audits.finding_forms import KeyedForm, ReasonForm
from itsm.core import clock
from itsm.people.zones import company_day


def _present(review):
    seats = review.attendees.all()
    known = [seat.person_id for seat in seats if seat.is_present]
    return {"present": known or [seat.person_id for seat in seats], "held_on": company_day(clock.now())}


def _judged(review):
    found = {}
    for verdict in review.verdicts.all():
        found |= {f"{verdict.question}_answer": verdict.answer, f"{verdict.question}_reasons": verdict.reasons}
    return found


def of_review(review):
    """The acts of one review."""
    again = review.compiled_at is not None
    return (
        Act("compile", _("Compile the inputs anew") if again else _("Compile the inputs"), KeyedForm, services.compile_inputs,
            step="recompile" if again else "prepare", icon="refresh", primary=not again,
            note=_("Everything that stands in the records is read now. Answers in words stay.")),
        Act("invite", _("Invite somebody"), review_forms.InviteForm, services.invite_to_review, step="invite", icon="user-plus"),
        Act("hold", _("Hold it: freeze the inputs"), review_forms.about(review_forms.HoldForm, review), services.hold_review, step="hold",
            icon="lock", primary=True, initial=_present, note=_("The inputs stay as they are now, with their hash.")),
        Act("judge", _("Judge it"), review_forms.JudgeReviewForm, services.judge_review, step="judge", icon="gavel", initial=_judged,
            primary=len(review.verdicts.all()) < len(review.QUESTIONS),
            note=_("You judge whether the system is suitable, adequate and effective, and say why.")),
        Act("decide", _("Write down a decision"), review_forms.DecideForm, services.decide, step="decide", icon="plus",
            note=_("It begins when the minutes are signed.")),
        Act("nothing", _("Nothing was decided"), ReasonForm, services.decide_nothing, step="decide_nothing", icon="circle-minus",
            offered=lambda record, person: not rules.is_decided(record)),
        Act("attendance", _("Correct the attendance"), review_forms.about(review_forms.AttendanceForm, review), services.note_attendance,
            step="attend", icon="users", initial=_present),
        Act("sign", _("Sign the minutes"), review_forms.SignForm, services.sign_review, step="sign", icon="writing-sign", primary=True,
            initial=lambda record: {"sha256": minutes.digest(record)},
            note=_("You sign the minutes as this page shows them. Nobody changes them then; the actions begin.")),
        Act("replan", _("Another day or chair"), review_forms.ReplanForm, services.replan_review, step="replan", icon="calendar",
            initial=lambda record: {"planned_on": record.planned_on, "chair": record.chair_id}),
        Act("cancel", _("Cancel it"), ReasonForm, services.cancel_review, step="cancel", icon="x",
            note=_("It stays readable, with your reason.")),
    )  # fmt: skip


def of_input(given):
    """The act that answers one input; its address ends with its key."""
    wanted = framework.inputs()[given.key]

    def perform(review, *, by, words):
        return services.answer_input(review, by=by, key=given.key, words=words)

    title = _("Answer in words") if given.needs_words else _("Add words")
    return Act(given.key, title, review_forms.AnswerInputForm, perform, step="put_in_words", icon="pencil",
               initial=lambda _review: {"words": given.words}, note=f"{wanted.label()}: {wanted.asked()}")  # fmt: skip


DECISION_ACTS = (
    Act("redraft", _("Change the decision"), review_forms.DecideForm, services.redraft, step="redraft", icon="pencil",
        initial=lambda action: {name: getattr(action, name) for name in ("title", "why", "sort", "owner", "due_on")}),
    Act("strike", _("Strike it out"), ReasonForm, services.strike, step="strike", icon="x"),
    Act("report", _("Report it done"), review_forms.ReportForm, services.report_decision, step="report", icon="check", primary=True,
        initial=lambda action: {"shown": action.shown}, note=_("Somebody else looks at it and accepts it.")),
    Act("accept", _("Accept it"), review_forms.WordsForm, services.accept_decision, step="accept", icon="circle-check", primary=True),
    Act("send-back", _("Not done yet"), ReasonForm, services.return_decision, step="send_back", icon="arrow-back-up"),
    Act("move", _("Move the date"), MoveForm, services.move_decision, step="move_due", icon="calendar",
        note=_("The former date, your name and your reason are kept.")),
    Act("hand-over", _("Hand it over"), HandOverForm, services.hand_decision_over, step="hand_over", icon="transfer"),
    Act("drop", _("Drop"), ReasonForm, services.drop_decision, step="drop", icon="x", note=_("It stays readable, with your reason.")),
)  # fmt: skip
