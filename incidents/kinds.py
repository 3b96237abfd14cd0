"""What incidents tell people, and the links their mails carry. Registered when the app is ready."""

from django.utils.translation import gettext_lazy as _

from itsm.notices.kinds import Kind, register

CONFIRM_LINK = "confirm"
ANSWER_LINK = "answer"

LOGGED = "incidents.logged"
ACCEPTED = "incidents.accepted"
REPLY = "incidents.reply"
QUESTION = "incidents.question"
CONFIRM = "incidents.confirm"
REMINDER = "incidents.reminder"
LAPSED = "incidents.lapsed"
ASSIGNED = "incidents.assigned"
QUEUED = "incidents.queued"
NOBODY_ON_SHIFT = "incidents.nobody_on_shift"
ANSWERED = "incidents.answered"
REOPENED = "incidents.reopened"
CONFIRMED = "incidents.confirmed"
CALL_CUSTOMER = "incidents.call_customer"
CHECK_CALL = "incidents.check_call"
P1_WAITS = "incidents.p1_waits"
STILL_WAITING = "incidents.still_waiting"
WAITS_LONG = "incidents.waits_long"
WINDOW_OVER = "incidents.window_over"
PROPOSE_SOLVING = "incidents.propose_solving"

BELL = ("app",)
BELL_AND_MAIL = ("app", "mail")
MAIL = ("mail",)


def register_all():
    """Make every kind known to the notices."""
    customer = {"channels": MAIL, "answer_purpose": ANSWER_LINK, "context": _message_of, "obligatory": True}
    for name, subject, template in (
        (LOGGED, _("We have your report: %(about)s"), "logged"),
        (ACCEPTED, _("Somebody is working on it: %(about)s"), "accepted"),
        (REPLY, _("An answer for you: %(about)s"), "reply"),
        (QUESTION, _("We need something from you: %(about)s"), "question"),
        (STILL_WAITING, _("We still need something from you: %(about)s"), "still_waiting"),
    ):
        register(Kind(name, subject, f"emails/incidents/{template}", **customer))
    asking = {
        "channels": MAIL, "link_purpose": CONFIRM_LINK, "answer_purpose": ANSWER_LINK, "context": _solution_of, "obligatory": True,
    }  # fmt: skip
    for name, subject, template in (
        (CONFIRM, _("Is it solved? %(about)s"), "confirm"),
        (REMINDER, _("Please tell us whether it is solved: %(about)s"), "reminder"),
        (LAPSED, _("Closed without your answer: %(about)s"), "lapsed"),
    ):
        register(Kind(name, subject, f"emails/incidents/{template}", **asking))
    _register_staff_kinds()


def _register_staff_kinds():
    for name, subject, channels, label in (
        (ASSIGNED, _("%(about)s is yours"), BELL_AND_MAIL, _("An incident is assigned to me")),
        (QUEUED, _("%(about)s waits in the queue: nobody is idle"), BELL, ""),
        (NOBODY_ON_SHIFT, _("%(about)s waits: nobody of the team is on shift"), BELL_AND_MAIL, ""),
        (ANSWERED, _("The customer answered: %(about)s"), BELL_AND_MAIL, _("A customer answers")),
        (REOPENED, _("Not solved, reopened: %(about)s"), BELL_AND_MAIL, ""),
        (CONFIRMED, _("The customer confirmed: %(about)s"), BELL, ""),
        (CALL_CUSTOMER, _("Call the customer about %(about)s"), BELL_AND_MAIL, ""),
        (CHECK_CALL, _("Check a confirmation by phone: %(about)s"), BELL_AND_MAIL, ""),
        (P1_WAITS, _("The clock of a P1 stands still: %(about)s waits for the customer"), BELL_AND_MAIL, ""),
        (WAITS_LONG, _("%(about)s has waited for a working day"), BELL, ""),
        (WINDOW_OVER, _("The maintenance window is over, the clock runs again: %(about)s"), BELL, ""),
        (PROPOSE_SOLVING, _("Go on with %(about)s or propose a solution: nobody has answered for three working days"), BELL, ""),
    ):
        register(Kind(name, subject, "emails/incidents/staff", channels=channels, label=label, context=_message_of))


def _message_of(notice):
    """The words that a mail carries."""
    key = notice.params.get("message")
    return {"message": notice.record.messages.public().select_related("author").filter(pk=key).first() if key else None}


def _solution_of(notice):
    """What was done, for the mails that ask about it."""
    return {"solution": notice.record.resolution}
