"""Facts and figures in words: outcomes, lengths, groups of measures, and what made somebody count again."""

import dataclasses

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from changes.measures import definitions as of_changes
from changes.models import Change
from changes.models.approval import Outcome as Decided
from incidents import measures as of_incidents
from incidents.measures import CLOSED, LOGGED, RESOLVED, STAGE_NAMES, STAGES
from incidents.models import ClosingKind, Incident
from itsm.core import wording
from itsm.core.flow import steps_of
from itsm.core.measures import Unit, source
from reports.services.reasons import LATE as KNOWN_LATE
from sla import measures as of_clocks
from sla.measures import FIRED, LATE, PUNCTUAL, RESPONDED
from sla.models import Metric, Outcome
from sla.templatetags.sla import KINDS

GROUPS = {
    "promises": gettext_lazy("Are promises kept?"), "times": gettext_lazy("How long does it take?"),
    "stages": gettext_lazy("Where does the time go?"), "quality": gettext_lazy("How well is it done?"),
    "backlog": gettext_lazy("What is left to do?"),
    "machine": gettext_lazy("Does the machine do its part?"), "changes": gettext_lazy("How do changes go?"),
    "assurance": gettext_lazy("Do we find and mend what is wrong?"),
}  # fmt: skip
"""The parts that measures stand in, in order."""
PARTS = {"all": gettext_lazy("All"), "counted": pgettext_lazy("figure", "Counted"), "rest": pgettext_lazy("figure", "Not counted")}
_WALL, _WORKED = gettext_lazy("By the clock"), gettext_lazy("Working time")
LENGTHS = {
    LOGGED: (gettext_lazy("Contact to log"),),
    RESPONDED: (gettext_lazy("Service time used"),),
    RESOLVED: (gettext_lazy("Service time used"), gettext_lazy("Contact to solution"), gettext_lazy("Service time paused")),
    CLOSED: tuple(STAGE_NAMES[stage][0] for stage in STAGES),
    FIRED: (gettext_lazy("Later than planned"),),
    of_changes.DECIDED: (_WORKED, _WALL),
}
"""Of each kind of fact what its lengths are, in their order."""
SMALL = {FIRED: 1000}
"""Lengths of these kinds are parts of a second: how many make one."""
SHOWN_WITH_SHARES = (LOGGED, FIRED, of_changes.DECIDED)
"""Of these kinds a share is drawn from the lengths, so that its rows show them."""
MARKS = {
    **dict.fromkeys(Metric.values, (
        (of_clocks.PROVISIONAL, gettext_lazy("provisional")), (of_clocks.RETARGETED, gettext_lazy("by a change of priority")),
        (of_clocks.CORRECTED, gettext_lazy("corrected")),
    )),
    LOGGED: ((of_incidents.UNPROMISED, gettext_lazy("without a promise")),),
    RESOLVED: ((of_incidents.REOPENED, gettext_lazy("reopened")), (of_incidents.FIRST_CONTACT, gettext_lazy("at first contact"))),
    of_changes.CARRIED_OUT: (
        (of_changes.EMERGENCY, gettext_lazy("emergency")), (of_changes.STANDARD, gettext_lazy("standard change")),
        (of_changes.BACKED_OUT, gettext_lazy("backed out")), (of_changes.PROVISIONAL, gettext_lazy("provisional")),
    ),
    of_changes.DECIDED: (
        (of_changes.OVER_TARGET, gettext_lazy("longer than four hours of working time")),
        (of_changes.OVER_TARGET_WALL, gettext_lazy("longer than four hours by the clock")),
    ),
}  # fmt: skip
_ENDS = {
    **{metric: dict(Outcome.choices) for metric in Metric.values}, CLOSED: dict(ClosingKind.choices),
    of_changes.DECIDED: dict(Decided.choices),
    FIRED: {PUNCTUAL: gettext_lazy("On time"), LATE: gettext_lazy("Late")},
    of_changes.CARRIED_OUT: {of_changes.SUCCESSFUL: gettext_lazy("Successful"), of_changes.UNSUCCESSFUL: gettext_lazy("No success")},
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Length:
    """A length that rows of a measure show: its place, what it is, and how many of its units make a second."""

    place: int
    label: object
    per_second: int = 1

    def seconds(self, lengths):
        """Its value in a fact's lengths, seconds."""
        value = lengths[self.place]
        return value if self.per_second == 1 else value / self.per_second


def lengths_of(measure):
    """`[Length]` that matter for a measure."""
    if source(measure.kind):
        return [] if measure.length is None else [Length(measure.length, measure.name)]
    places = [place for place in (measure.length, measure.beside) if place is not None and place < len(LENGTHS.get(measure.kind, ()))]
    if not places and measure.kind in SHOWN_WITH_SHARES:
        places = range(len(LENGTHS[measure.kind]))
    return [Length(place, LENGTHS[measure.kind][place], SMALL.get(measure.kind, 1)) for place in places]


def length_words(seconds):
    """A length in words; parts of a second where it is that short."""
    return wording.duration(seconds) if isinstance(seconds, int) or seconds >= 60 else _("%(seconds).1f s") % {"seconds": seconds}


def ending_words(kind, outcome):
    """An outcome in a word or two, "" where a kind has none."""
    return str(_ENDS.get(kind, {}).get(outcome, outcome))


def outcome_words(kind, outcome, marks, stars=0):
    """How a fact ended, with its marks, in one line."""
    said = [ending_words(kind, outcome)]
    if kind == LOGGED:
        said = [_("Later than five minutes") if marks & of_incidents.LOGGED_LATE else _("Within five minutes")]
    said += [str(words) for mark, words in MARKS.get(kind, ()) if marks & mark]
    if stars:
        said.append("★" * stars)
    return " · ".join(words for words in said if words)


def stars(kind, lengths):
    """The stars that a fact holds, 0 without."""
    return lengths[of_incidents.STARS] if kind == CLOSED else 0


def value_words(figure):
    """A figure as people read it: "97.3 %", "1 h 20 min", "4.6"; a dash of nothing."""
    value, unit = figure.value, figure.measure.unit
    if value is None:
        return "–"
    if unit == Unit.PERCENT:
        return f"{value:.1f} %"
    return wording.duration(value) if unit == Unit.LENGTH else f"{value:.1f}"


def goal_words(measure):
    """What a measure should reach, in words; "" without a goal."""
    if measure.goal is None:
        return ""
    said = wording.duration(measure.goal) if measure.unit == Unit.LENGTH else f"{measure.goal:g} %"
    return (_("at least %(goal)s") if measure.better.value == "up" else _("at most %(goal)s")) % {"goal": said}


def cause_words(cause):
    """What made somebody count again, in words; a step that is not known any more stands for itself."""
    if cause == KNOWN_LATE:
        return _("Became known, or was written down, after the month was closed")
    steps = {step.name: step.label for model in (Change, Incident) for step in steps_of(model)}
    own = {kind: KINDS[kind] for kind in ("correct", "excuse", "retarget", "rebind_calendar")}
    return str({**steps, **own}.get(cause, cause))
