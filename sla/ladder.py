"""The ladder of an agreement: who is told at which mark before a breach and after it (D9). Pure, no database.

A version keeps its ladder as a list of rungs in JSON; an empty list is the ladder of versions that were published before
ladders could be written: the version's `thresholds`, and the supervisor at the breach.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

BREACH = 100
ALL = (1, 2, 3, 4)
MICROS_A_MINUTE = 60_000_000

ASSIGNEE, LEAD, SUPERVISOR, DISPATCHER = "assignee", "lead", "supervisor", "dispatcher"
SERVICE_MANAGER, TOP_MANAGEMENT = "service_manager", "top_management"
WHO = (DISPATCHER, ASSIGNEE, LEAD, SUPERVISOR, SERVICE_MANAGER, TOP_MANAGEMENT)
WORDS = {
    DISPATCHER: gettext_lazy("Duty dispatcher"),
    ASSIGNEE: gettext_lazy("Owner"),
    LEAD: gettext_lazy("Team lead"),
    SUPERVISOR: gettext_lazy("Supervisor"),
    SERVICE_MANAGER: gettext_lazy("IT service manager"),
    TOP_MANAGEMENT: gettext_lazy("Top management"),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: `mark` in percent of the target (over 100: after the breach, so 150 is half a target later).

    `minutes` names, for a priority, service minutes after the breach instead of the percentage; `who` the roles told;
    `priorities` and `metrics` (empty: all) whom it is for. A dispatcher is told only while nobody is assigned.
    """

    mark: int
    who: tuple
    priorities: tuple = ALL
    metrics: tuple = ()
    minutes: dict = field(default_factory=dict)

    def counts_for(self, priority, metric):
        """Whether a clock of that priority and metric has this rung."""
        return priority in self.priorities and (not self.metrics or metric in self.metrics)

    def since_breach_us(self, priority, target_us):
        """Service time after the breach at which it fires, in microseconds."""
        if priority in self.minutes:
            return self.minutes[priority] * MICROS_A_MINUTE
        return target_us * (self.mark - BREACH) // 100

    def kept(self):
        """The rung as a version keeps it."""
        kept = {"mark": self.mark, "who": list(self.who), "priorities": list(self.priorities)}
        if self.metrics:
            kept["metrics"] = list(self.metrics)
        if self.minutes:
            kept["minutes"] = {str(priority): minutes for priority, minutes in self.minutes.items()}
        return kept


DEFAULT = (
    Rung(25, (DISPATCHER,), metrics=("response",)),
    Rung(50, (ASSIGNEE,), priorities=(1, 2)),
    Rung(75, (ASSIGNEE,)),
    Rung(90, (ASSIGNEE, LEAD)),
    Rung(BREACH, (ASSIGNEE, LEAD, SUPERVISOR)),
    Rung(150, (SERVICE_MANAGER,), minutes={1: 15}),
    Rung(200, (TOP_MANAGEMENT,), minutes={1: 30}),
)


def default():
    """The default ladder as a version keeps it."""
    return [rung.kept() for rung in DEFAULT]


def read(kept):
    """The rungs of a kept ladder, lowest mark first. Raises ValueError, KeyError or TypeError on nonsense."""
    return sorted((_read(row) for row in kept), key=lambda rung: rung.mark)


def _read(row):
    rung = Rung(
        int(row["mark"]), tuple(row["who"]), tuple(row.get("priorities", ALL)), tuple(row.get("metrics", ())),
        {int(priority): int(minutes) for priority, minutes in row.get("minutes", {}).items()},
    )  # fmt: skip
    if not 1 <= rung.mark <= 1000 or not set(rung.who) <= set(WHO) or not set(rung.priorities) <= set(ALL):
        raise ValueError(f"not a rung: {row}")
    return rung


def warnings(rungs, priority, metric):
    """The marks before the breach of a clock, in percent, in order."""
    return tuple(rung.mark for rung in rungs if rung.mark < BREACH and rung.counts_for(priority, metric))


def after_breach(rungs, priority, metric, target_us):
    """The steps after a breach as (mark, microseconds since the breach), in the order in which they come."""
    found = [(r.mark, r.since_breach_us(priority, target_us)) for r in rungs if r.mark > BREACH and r.counts_for(priority, metric)]
    return tuple(sorted(found, key=lambda step: step[1]))


def refusals(rungs, targets):
    """What is wrong with a ladder, as sentences, most basic first; `targets` are the (priority, metric, seconds) that it is for."""
    marks = [rung.mark for rung in rungs]
    found = _breach_refusals([rung for rung in rungs if rung.mark == BREACH])
    for mark in sorted({mark for mark in marks if marks.count(mark) > 1}):
        found.append(_("Two steps stand at %(mark)s %%. Put their people into one.") % {"mark": mark})
    if any(not rung.who for rung in rungs):
        found.append(_("Say for every step who is told."))
    if any(not rung.priorities for rung in rungs):
        found.append(_("Say for every step which priorities it is for."))
    if any(rung.minutes and rung.mark <= BREACH for rung in rungs):
        found.append(_("Minutes count from the breach: give such a step a mark above 100 %."))
    return found or _order_refusals(rungs, targets)


def _breach_refusals(rungs):
    """The supervisor hears of every breach (requirement 47)."""
    if not any(SUPERVISOR in rung.who for rung in rungs):
        return [_("The breach itself (100 %) is a step, and the supervisor hears of it.")]
    if not any(set(rung.priorities) == set(ALL) and not rung.metrics for rung in rungs):
        return [_("The step at the breach is for every priority and every clock.")]
    return []


def _order_refusals(rungs, targets):
    """Steps after the breach come in the order of their marks, for every target."""
    for priority, metric, seconds in sorted(set(targets)):
        after = sorted((rung for rung in rungs if rung.mark > BREACH and rung.counts_for(priority, metric)), key=lambda rung: rung.mark)
        for first, second in pairwise(after):
            if first.since_breach_us(priority, seconds * 1_000_000) >= second.since_breach_us(priority, seconds * 1_000_000):
                words = {"priority": priority, "first": first.mark, "second": second.mark}
                said = _("For P%(priority)s the step at %(second)s %% comes no later than the one at %(first)s %%. Change their minutes.")
                return [said % words]
    return []
