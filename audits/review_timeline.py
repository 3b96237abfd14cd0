"""What happened to a management review, or to what it decided: its steps and escalations in order."""

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits import review_framework
from audits.days import worded
from audits.models import ReviewAction
from audits.timeline import Entry
from itsm.core.models import StepTaken
from itsm.people.models import Person

DONE = {
    "prepare": gettext_lazy("Inputs compiled"), "hold": gettext_lazy("Held; the inputs are frozen"),
    "attend": gettext_lazy("Attendance corrected"), "judge": gettext_lazy("Judged"), "decide": gettext_lazy("A decision was written down"),
    "decide_nothing": gettext_lazy("Nothing was decided"), "sign": gettext_lazy("Minutes signed"), "cancel": gettext_lazy("Cancelled"),
    "redraft": gettext_lazy("Worded anew"), "strike": gettext_lazy("Struck out"), "begin": gettext_lazy("Begun: the minutes are signed"),
    "report": gettext_lazy("Reported done"), "accept": gettext_lazy("Accepted"), "send_back": gettext_lazy("Not done yet"),
    "drop": gettext_lazy("Dropped"),
}  # fmt: skip
ICONS = {
    "prepare": "refresh", "recompile": "refresh", "put_in_words": "pencil", "replan": "calendar", "invite": "user-plus", "hold": "lock",
    "attend": "users", "judge": "gavel", "decide": "plus", "decide_nothing": "circle-minus", "sign": "writing-sign", "cancel": "x",
    "redraft": "pencil", "strike": "x", "begin": "player-play", "report": "check", "accept": "circle-check", "send_back": "arrow-back-up",
    "move_due": "calendar", "hand_over": "transfer", "drop": "x", "climb": "stairs-up",
}  # fmt: skip


def of(record):
    """Everything that happened to a review or an action of one, oldest first; three queries at most."""
    kind = ContentType.objects.get_for_model(type(record))
    steps = list(StepTaken.objects.filter(content_type=kind, object_id=record.pk).select_related("by"))
    people = Person.objects.in_bulk({step.details[name] for step in steps for name in ("to", "person") if name in step.details})
    entries = [_of_step(step, people) for step in steps]
    if isinstance(record, ReviewAction):
        entries += map(_of_climb, record.climbs.all())
    return sorted(entries, key=lambda entry: entry.at)


def _of_step(step, people):
    text = WORDED[step.step](step.details, people) if step.step in WORDED else str(DONE.get(step.step, step.step))
    return Entry("step", step.effective_at, step.by, text, step.reason, ICONS.get(step.step, "point"))


def _name(people, key):
    return people[key].display if key in people else "–"


def _recompiled(kept, _people):
    n = kept["changed"]
    return ngettext("Inputs compiled anew: %(n)s line is different", "Inputs compiled anew: %(n)s lines are different", n) % {"n": n}


def _answered(kept, _people):
    wanted = review_framework.inputs().get(kept["input"])
    return _("Answered in words: %(input)s") % {"input": wanted.label() if wanted else kept["input"]}


def _moved(kept, _people):
    places = {name: worded(date.fromisoformat(kept[name])) for name in ("was", "becomes")}
    return _("Date moved: %(was)s → %(becomes)s") % places


def _replanned(kept, people):
    day = worded(date.fromisoformat(kept["becomes"]))
    return _("Planned anew: %(day)s, chaired by %(person)s") % {"day": day, "person": _name(people, kept["to"])}


WORDED = {
    "recompile": _recompiled,
    "put_in_words": _answered,
    "move_due": _moved,
    "replan": _replanned,
    "invite": lambda kept, people: _("%(person)s is invited") % {"person": _name(people, kept["person"])},
    "hand_over": lambda kept, people: _("Handed over to %(person)s") % {"person": _name(people, kept["to"])},
}


def _of_climb(climb):
    text = ngettext("%(n)s person was told that this is overdue", "%(n)s people were told that this is overdue", len(climb.people))
    return Entry("climb", climb.at, None, text % {"n": len(climb.people)}, sign=ICONS["climb"])
