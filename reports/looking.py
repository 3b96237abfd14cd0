"""One look at the figures: what several tiles need is read once, whatever of it a tile shows."""

from functools import cached_property

from django.db import connection

from itsm.core import measures
from reports import figures, live
from reports.figures import Figure
from reports.forms import options

METRICS = ("response", "resolution", "update")
ATTAINED = tuple(f"attainment_{metric}{form}" for metric in METRICS for form in ("", "_excused"))
TIMES = ("mtta", "mttr", "mttr_wall")
PAUSES, PUNCTUALITY = "pause_share", "escalation_punctuality"


def keys_of(group):
    """The keys of the measures that stand on one part of a page, in order."""
    return [key for key, measure in measures.known().items() if measure.group == group]


def named(keys):
    """The measures of some keys."""
    return [measures.named(key) for key in keys]


OWED_MOST = 1000


def standing(scope):
    """`(how many records are still to be counted, at most 1000; [(closed month of the scope, whether it is restated)])`; one statement."""
    sql = """
        SELECT NULL::date, false, count(*) FROM (SELECT 1 FROM reports_touched LIMIT %s) t
        UNION ALL
        SELECT month, EXISTS (SELECT 1 FROM reports_restatement r WHERE r.month = c.month), 0
        FROM reports_closedmonth c WHERE month >= %s AND month <= %s ORDER BY 1 NULLS FIRST
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [OWED_MOST, scope.first, scope.last])
        (_none, _false, owed), *months = cursor.fetchall()
    return owed, [(month, restated) for month, restated, _owed in months]


class Look:
    """What somebody looks at, at an instant; `by`: what the last table tells apart, `everything`: whether it is shown whole."""

    def __init__(self, scope, person, at, by="service", everything=False):
        self.scope, self.person, self.at, self.by, self.everything = scope, person, at, by, everything

    @cached_property
    def priorities(self):
        """`{priority: {key: Figure}}` of the promises, the quality, the times and the machine; two statements."""
        chosen = named([*ATTAINED, *keys_of("quality"), PAUSES, PUNCTUALITY, *TIMES])
        return dict(sorted(figures.read(self.scope, chosen, by="priority").items()))

    def whole(self, key):
        """The Figure of a measure over all priorities; only for shares and for what has no percentiles."""
        found = [counted[key] for counted in self.priorities.values()]
        return figures.together(found) if found else Figure(measures.named(key))

    @cached_property
    def stages(self):
        """`{key: Figure}` of the steps from the contact to the end; two statements."""
        return figures.read(self.scope, named(keys_of("stages")))[""]

    @cached_property
    def before(self):
        """`{key: Figure}` of the period before, without percentiles; one statement."""
        chosen = named([*ATTAINED, *keys_of("quality"), PAUSES, *keys_of("stages")])
        return figures.read(self.scope.before, chosen, percentiles=False)[""]

    @cached_property
    def open(self):
        """`{priority: counts}` of what is open now (`live.counts`); one query."""
        return live.counts(self.scope, self.person, self.at)

    @cached_property
    def options(self):
        """`{dimension: {id: label}}` of all there is to choose from; one statement."""
        return options()
