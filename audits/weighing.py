"""How much a process deserves to be audited, from what went wrong before: points, and why (risk-based, clause 9.2)."""

import dataclasses
from collections import defaultdict
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits import framework, known, trend
from audits.models import Finding, FindingStatus, Grade

LOOKS_BACK = timedelta(days=730)
CRITICAL, MAJOR, MINOR, FAILING, MOST_FAILING = 2, 3, 1, 1, 3
HEAVY = 6
"""From so many points on a process is audited twice in a year."""


@dataclasses.dataclass(frozen=True)
class Weight:
    """Points of a process, with what gave them."""

    is_critical: bool = False
    majors: int = 0
    minors: int = 0
    failing: int = 0

    @property
    def points(self):
        failing = min(MOST_FAILING, self.failing) * FAILING
        return 1 + CRITICAL * self.is_critical + MAJOR * self.majors + MINOR * self.minors + failing

    @property
    def is_heavy(self):
        return self.points >= HEAVY

    @property
    def reasons(self):
        """Why it weighs what it does, as short phrases in the reader's language."""
        found = [_("critical process")] if self.is_critical else []
        for count, words in (
            (self.majors, ngettext("%(n)s major nonconformity", "%(n)s major nonconformities", self.majors)),
            (self.minors, ngettext("%(n)s minor nonconformity", "%(n)s minor nonconformities", self.minors)),
            (self.failing, ngettext("%(n)s failing rule", "%(n)s failing rules", self.failing)),
        ):
            found += [words % {"n": count}] if count else []
        return found


def weights(at):
    """`{process code: Weight}` of every process; four queries."""
    found = defaultdict(lambda: {"majors": 0, "minors": 0})
    earlier = Finding.objects.nonconformities().filter(raised_at__gt=at - LOOKS_BACK, raised_at__lte=at)
    for process, clause, grade in earlier.exclude(status=FindingStatus.WITHDRAWN).order_by().values_list("process", "clause", "grade"):
        for code in [process] if process else [one.code for one in framework.of_clause(clause)]:
            found[code]["majors" if grade == Grade.MAJOR else "minors"] += 1
    failing = _failing()
    return {code: Weight(process.critical, failing=failing.get(code, 0), **found[code]) for code, process in framework.processes().items()}


def _failing():
    """`{process code: how many of its rules failed in their last run}`."""
    rules = known.rules()
    runs, found = trend.lately(rules, 1), defaultdict(int)
    for rule in rules.values():
        found[rule.process] += bool(runs[rule.id] and runs[rule.id][-1].failed)
    return found
