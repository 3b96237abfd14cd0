"""What a failed promise check advises, in whole sentences: the seed's two ways out, to invest or to accept less (requirements 2, 3, 72)."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from itsm.core.wording import duration
from sla.models import Metric
from sla.replaying import HOURS_A_DAY

SPAN = 4
MOST = 3


@dataclass(frozen=True, slots=True)
class Advice:
    """Two ways out for one target that would have failed too often."""

    row: object
    invest: str
    less: str


def advice(check):
    """The Advice for the targets of a check that most tickets are missing for, at most three; none for what was kept."""
    worst = sorted((*check.reds, *check.ambers), key=lambda row: -missing(row, check.wished))[:MOST]
    rows = {row.key: row for row in check.rows}
    return [Advice(row, _invest(check, row), _less(row, rows.get((row.tier, row.priority, Metric.RESOLUTION)))) for row in worst]


def uniform(check):
    """The response target in seconds that a criticality promises for every priority alike although it can't be kept, or None."""
    for tier in dict.fromkeys(row.tier for row in check.rows):
        rows = [row for row in check.rows if row.tier == tier and row.metric == Metric.RESPONSE]
        if len(rows) > 1 and len({row.seconds for row in rows}) == 1 and any(row.grade == "red" for row in rows):
            return rows[0].seconds
    return None


def missing(row, wished):
    """How many tickets more would have had to be in time."""
    return math.ceil(wished * row.judged.decided / 100) - row.judged.met


def worst_span(hours):
    """(first hour, how many of the failures) of the four hours around the clock with the most failures."""
    failed = [failed for failed, _decided in hours]
    spans = [sum(failed[(first + more) % HOURS_A_DAY] for more in range(SPAN)) for first in range(HOURS_A_DAY)]
    first = max(range(HOURS_A_DAY), key=lambda hour: spans[hour])
    return first, spans[first]


def _invest(check, row):
    first, failed = worst_span(check.sample.strands[row.key].by_hour(row.seconds))
    words = {
        "target": duration(row.seconds), "wished": f"{check.wished:g}", "missing": missing(row, check.wished),
        "decided": row.judged.decided,
        "from": f"{first:02d}:00", "until": f"{(first + SPAN) % HOURS_A_DAY:02d}:00", "share": 100 * failed // row.judged.failed,
    }  # fmt: skip
    said = _(
        "Invest: to keep %(target)s for %(wished)s %%, %(missing)s more of %(decided)s tickets have to be in time. "
        "%(share)s %% of those that would have failed were reported between %(from)s and %(until)s: more people then help first."
    )
    return said % words


def _less(row, repair):
    if row.better_s is None:
        return _("Accept less: which target would be kept can't be said, because too many tickets are still open.")
    said = _("Accept less: promise %(better)s instead of %(target)s.") % {
        "better": duration(row.better_s), "target": duration(row.seconds)
    }  # fmt: skip
    if row.metric != Metric.RESPONSE or repair is None:
        return said
    promised = repair.seconds if repair.grade == "green" else repair.better_s
    if promised is None:
        return said
    return said + " " + _("Promise a fast repair with it: solved within %(repair)s is what you can keep.") % {"repair": duration(promised)}
