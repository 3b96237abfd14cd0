"""The verbs of findings and actions that their page offers as buttons: each with its form and the step that says whether it is open."""

import dataclasses
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from audits import action_forms, finding_forms, services
from audits import finding_rules as rules
from audits.finding_forms import KeyedForm, ReasonForm
from audits.models import FindingStatus
from itsm.core.flow import closed_steps, open_steps


@dataclasses.dataclass(frozen=True)
class Act:
    """One button. `step`: the step whose guards say whether it is offered, and why not; `offered(record, person)`: a further question.

    `perform(record, by=…, **form fields)` is a service; `initial(record)`: what the form begins with; `note`: what will happen.
    """

    name: str
    title: object
    form_class: type
    perform: Callable
    step: str = ""
    offered: Callable | None = None
    initial: Callable | None = None
    note: object = ""
    icon: str = "arrow-right"
    primary: bool = False


def _has_running(finding):
    return any(action.is_running for action in finding.actions.all())


def _may_be_taken_up(finding, person):
    free = finding.status == FindingStatus.OPEN and not rules.is_nonconformity(finding) and not _has_running(finding)
    return free and rules.may_settle(person, finding)


def _has_a_seat(action, person):
    return services.seat_for(action, person) is not None


def _suggested(finding):
    return {"grade": finding.suggested_grade if finding.suggestion_open else finding.grade}


def _planned(action):
    fields = ("plan", "owner", "due_on", "criterion", "sampled_from", "needed_percent", "after_days", "after_records")
    former = {name: getattr(action, name) for name in fields}
    return former | ({"sampled_from": "changes" if action.finding.clause.startswith("8.5") else "incidents"} if not action.plan else {})


FINDING_ACTS = (
    Act("answer", _("Answer"), finding_forms.AnswerForm, services.answer, step="answer", icon="message",
        offered=lambda finding, person: rules.may_answer(person, finding),
        note=_("The finding stays as it is; your answer stands beside it.")),
    Act("keep-grade", _("Keep the grade"), ReasonForm, services.keep_grade, step="keep_grade", icon="check",
        offered=lambda finding, person: finding.suggestion_open, note=_("Say why the suggested grade is not right.")),
    Act("regrade", _("Grade it anew"), finding_forms.RegradeForm, services.regrade, step="regrade", icon="flag", initial=_suggested,
        offered=lambda finding, person: rules.may_raise(person), note=_("The former grade and both reasons stay in the history.")),
    Act("take-up", _("Do something about it"), finding_forms.TakeUpForm, services.take_up, icon="tool", offered=_may_be_taken_up,
        initial=lambda finding: {"owner": finding.auditee_id}, note=_("It gets a corrective action, as a nonconformity has.")),
    Act("settle", _("Say what becomes of it"), ReasonForm, services.settle, step="settle", icon="circle-check",
        offered=lambda finding, person: not rules.is_nonconformity(finding) and rules.may_settle(person, finding),
        note=_("Done, noted or not pursued, and why. The finding is closed then.")),
    Act("withdraw", _("Withdraw"), ReasonForm, services.withdraw, step="withdraw", icon="x",
        offered=lambda finding, person: rules.may_withdraw(person, finding), note=_("It stays readable, with your reason.")),
)  # fmt: skip

ACTION_ACTS = (
    Act("correct", _("Note the correction"), action_forms.CorrectForm, services.correct, step="correct", icon="tool", primary=True,
        note=_("What was done about this case, and about its consequences for customers.")),
    Act("explain", _("Name the cause"), action_forms.ExplainForm, services.explain, step="explain", icon="search", primary=True,
        note=_("What let it happen? Saying the finding again, or “human error” alone, is no cause.")),
    Act("extent", _("Check the extent"), action_forms.ExtentForm, services.look_around, step="look_around", icon="eye", primary=True),
    Act("propose", _("Propose the plan"), action_forms.PlanForm, services.propose, step="propose", icon="send", primary=True,
        initial=_planned,
        note=_("How one will see that it works is settled now, before anything is done.")),
    Act("approve", _("Approve the plan"), action_forms.ApproveForm, services.approve, step="approve", icon="check", primary=True,
        offered=_has_a_seat),
    Act("send-back", _("Send the plan back"), ReasonForm, services.send_back, step="send_back", icon="arrow-back-up", offered=_has_a_seat),
    Act("implement", _("Report it done"), action_forms.ImplementForm, services.implement, step="implement", icon="check", primary=True,
        initial=lambda action: {"implementer": action.owner_id},
        note=_("From this moment on, new records count for the question whether it works.")),
    Act("draw", _("Draw the sample"), KeyedForm, services.draw_sample, step="draw", icon="list-check", primary=True,
        note=_("Drawn once, from records that began after the fix, under a seed that nobody chooses.")),
    Act("move", _("Move the date"), action_forms.MoveForm, services.move_due, step="move_due", icon="calendar",
        offered=lambda action, person: rules.may_arrange(person, action), note=_("The former date, your name and your reason are kept.")),
    Act("hand-over", _("Hand it over"), action_forms.HandOverForm, services.hand_over, step="hand_over", icon="transfer",
        offered=lambda action, person: rules.may_arrange(person, action)),
)  # fmt: skip


def named(acts, name):
    """The act of this name, or None."""
    return next((act for act in acts if act.name == name), None)


def buttons(record, person, acts):
    """`(acts that are open, [(act, sentence why it is not)])` for somebody; the actions and approvals of the record are loaded."""
    free = {step.name for step in open_steps(record, person)}
    why = {step.name: sentence for step, sentence in closed_steps(record, person)}
    offered = [act for act in acts if act.offered is None or act.offered(record, person)]
    return [act for act in offered if not act.step or act.step in free], [(act, why[act.step]) for act in offered if act.step in why]
