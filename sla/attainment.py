"""How the promises were kept: clocks decided in a month of the company, raw and with what was excused set apart (design 3.5)."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from itsm.people.zones import company_day, company_zone
from sla import clockwork
from sla.models import Clock, ClockState, Metric, Outcome

YEARS = (2000, 2199)


@dataclass
class Kept:
    """One metric's verdicts of a month. `broken` counts what was excused too; `causes` the breaches by what caused them."""

    metric: str
    met: int = 0
    provisional: int = 0
    breached: int = 0
    excused: int = 0
    corrected: int = 0
    causes: dict = field(default_factory=lambda: {clockwork.BY_TIME: 0, clockwork.BY_RETARGET: 0})

    @property
    def label(self):
        return Metric(self.metric).label

    @property
    def broken(self):
        return self.breached + self.excused

    @property
    def decided(self):
        return self.met + self.broken

    @property
    def share(self):
        """Met in percent of all that was decided: the raw figure."""
        return _share(self.met, self.decided)

    @property
    def share_excused(self):
        """The same without what was excused; always shown beside the raw figure."""
        return _share(self.met, self.met + self.breached)

    def add(self, count, outcome, *, provisional=False, cause="", corrected=False):
        """Count so many more clocks that ended alike."""
        self.met += count * (outcome == Outcome.MET)
        self.breached += count * (outcome == Outcome.BREACHED)
        self.excused += count * (outcome == Outcome.EXCUSED)
        self.provisional += count * (outcome == Outcome.MET and provisional)
        self.corrected += count * corrected
        if cause:
            self.causes[cause] = self.causes.get(cause, 0) + count


def _share(met, decided):
    return f"{100 * met / decided:.1f}" if decided else "–"


def month_of(at):
    """The company's month around an instant as [since, until)."""
    return bounds(company_day(at))


def bounds(day):
    """The company's month that holds a date as [since, until)."""
    zone = ZoneInfo(company_zone())
    return tuple(datetime.combine(first, time(), zone) for first in (day.replace(day=1), following(day)))


def following(day):
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def previous(day):
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_named(text):
    """The first day of a month written "2026-11", or None when there is no such month."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()):
        return None
    if not (YEARS[0] <= int(year) <= YEARS[1] and 1 <= int(month) <= 12):
        return None
    return date(int(year), int(month), 1)


def decided(person, since, until):
    """The clocks decided in [since, until) that somebody may see."""
    return Clock.objects.visible_to(person).decided(since, until)


def kept_in_short(since, until):
    """`[Kept]` of all customers, raw: what was excused counts as breached; one query, answered by the index alone."""
    lines = Clock.objects.decided(since, until).order_by().values("metric")
    lines = lines.annotate(decided=Count("*"), met=Count("outcome", filter=Q(outcome=Outcome.MET)))
    found = [Kept(line["metric"], met=line["met"], breached=line["decided"] - line["met"]) for line in lines]
    return sorted((kept for kept in found if kept.metric != Metric.SUPPORT), key=_order)


def kept(person, since, until):
    """`(towards customers, internal and supplier promises)`, each `[Kept]`; one query."""
    provisional = ExpressionWrapper(Q(final_at=None), output_field=BooleanField())
    lines = decided(person, since, until).order_by().values("metric", "outcome", "breach_cause", "corrected", provisional=provisional)
    found = {}
    for line in lines.annotate(count=Count("*")):
        counted = found.setdefault(line["metric"], Kept(line["metric"]))
        counted.add(
            line["count"], line["outcome"], provisional=line["provisional"], cause=line["breach_cause"], corrected=line["corrected"]
        )
    ours = sorted((kept for kept in found.values() if kept.metric != Metric.SUPPORT), key=_order)
    return ours, [kept for kept in found.values() if kept.metric == Metric.SUPPORT]


def _order(kept):
    return Metric.values.index(kept.metric)


def unpromised(person, since, until):
    """How many records that came in then were promised nothing."""
    named = Clock.objects.visible_to(person).filter(metric=Metric.RESOLUTION, cycle=1, target_s=None)
    return named.exclude(state=ClockState.CANCELLED).filter(contacted_at__gte=since, contacted_at__lt=until).count()
