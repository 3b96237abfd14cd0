"""The promise check (O7, requirements 2, 3, 8): what the last 90 days would have made of a version's targets. Reads, but for one verb.

`check(version, population=…, seconds=…, wished=…, at=…)` answers everything the page shows. What is dear, measuring every
clock on the version's hours, is `load()`; it is kept for ten minutes, so that another target costs milliseconds.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from itsm.calendars.worktime import MICROSECOND
from itsm.core import clock as time
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day, company_zone
from sla import log
from sla.clockwork import CORRECT, REBIND, Event
from sla.models import AgreementVersion, Clock, ClockEvent, ClockState, Metric, ReopenRule
from sla.replaying import HOURS_A_DAY, Judged, Replay, Strand, measured, nice, replayed
from sla.services.agreements import save_draft
from sla.services.promises import newest_calendars
from sla.services.recipients import records_of

WINDOW = timedelta(days=90)
FEWEST, THIN = 30, 10
WISHED, RED_BELOW = 95, 80
KEPT_S = 600
CHECKED = (Metric.RESPONSE, Metric.RESOLUTION, Metric.NEXT_UPDATE)
COLUMNS = (
    "pk", "tier", "priority", "metric", "cycle", "contacted_at", "calendar_version_id", "elapsed_us", "seg_started_at", "state",
    "generation", "rebound", "seq", "stopped_at", "breached_at",
)  # fmt: skip
PLAIN_LINES = 3
"""Start, stop and close: a log with more may tell of a pause."""
TIER_ORDER = {"core": 0, "non_core": 1}


class Population(models.TextChoices):
    """Whose tickets are replayed."""

    CUSTOMER = "customer", _("the customer's")
    SERVICE = "service", _("the service's, of all customers")
    DESK = "desk", _("the whole desk's")


@dataclass(frozen=True, slots=True)
class Sample:
    """Real clocks by (tier, priority, metric), measured on a version's hours at one instant.

    `tickets` is how many there were; of these `untested` have no target in the version.
    """

    at: datetime
    tickets: int
    untested: int
    strands: dict


@dataclass(frozen=True, slots=True)
class Row:
    """One target and what it would have come to. `grade` is green, amber, red, or none when there is nothing to judge.

    `better_s` is the next target that would have met what is wished; `before_s` and `before` are target and verdict now in force.
    """

    tier: str
    priority: int
    metric: str
    seconds: int
    judged: Judged
    grade: str
    better_s: int | None = None
    before_s: int | None = None
    before: Judged | None = None

    @property
    def key(self):
        return self.tier, self.priority, self.metric

    @property
    def is_thin(self):
        """Whether so few tickets tested it that the share proves little."""
        return 0 < self.judged.decided < THIN

    @property
    def label(self):
        """The metric's name in the active language."""
        return Metric(self.metric).label


@dataclass(frozen=True, slots=True)
class Failure:
    """A clock that would have failed: seconds over the target, seconds used (of an open one at least), and its target."""

    over_s: int
    used_s: int
    ended: bool
    clock_id: int
    row: Row


@dataclass(frozen=True)
class Check:
    """The answer: the rows in the order of the agreement, over which tickets, and as of when."""

    version: AgreementVersion
    population: str
    wished: int
    sample: Sample
    rows: list = field(default_factory=list)

    @property
    def decided(self):
        """How many verdicts there are at all."""
        return sum(row.judged.decided for row in self.rows)

    @property
    def reds(self):
        """The rows that fewer than 80 % would have met."""
        return [row for row in self.rows if row.grade == "red"]

    @property
    def ambers(self):
        """The rows that fewer than wished would have met, but 80 %."""
        return [row for row in self.rows if row.grade == "amber"]

    @property
    def nones(self):
        """The rows that nothing tested."""
        return [row for row in self.rows if row.grade == "none"]

    def totals(self):
        """`{tier: {metric: Judged}}` over the priorities, without their times."""
        found = defaultdict(dict)
        for row in self.rows:
            sum_, more = found[row.tier].get(row.metric, Judged(0, 0, 0, None, None)), row.judged
            found[row.tier][row.metric] = Judged(
                sum_.met + more.met, sum_.failed + more.failed, sum_.undecided + more.undecided, None, None
            )  # fmt: skip
        return found

    def heat(self, metric):
        """`{priority: [(failed, decided) for each hour of the day of contact]}`, tiers together."""
        found = {}
        for row in self.rows:
            if row.metric == metric:
                hours = self.sample.strands[row.key].by_hour(row.seconds)
                before = found.get(row.priority, [(0, 0)] * HOURS_A_DAY)
                found[row.priority] = [(a + c, b + d) for (a, b), (c, d) in zip(before, hours, strict=True)]
        return dict(sorted(found.items()))

    def failures(self, key=None):
        """Every Failure (of one target, when given), the longest over first."""
        found = [
            Failure(used_s - row.seconds, used_s, ended, pk, row)
            for row in self.rows
            if key in (None, row.key)
            for used_s, pk, ended in self.sample.strands[row.key].failures(row.seconds)
        ]
        return sorted(found, key=lambda failure: (-failure.over_s, failure.clock_id))


def check(version, *, population=Population.CUSTOMER, seconds=None, wished=WISHED, at=None):
    """The Check of a version over the last 90 days of a population's tickets; nothing is written but the cache.

    `seconds` is {(tier, priority, metric): seconds} of targets to try instead of the version's own; one the version hasn't is left
    out. `wished` is the share in percent that should be met. Queries and time beyond the first call don't depend on the tickets.
    """
    at = at or time.now()
    targets = _targets(version)
    sample = sample_of(version, population, at, targets=targets)
    before = _before(version, at)
    tried = {key: (seconds or {}).get(key, own) for key, (own, _calendar) in targets.items()}
    rows = [_row(key, tried[key], sample.strands[key], wished, before.get((*key, targets[key][1]))) for key in sorted(targets, key=_place)]
    return Check(version, population, wished, sample, rows)


def sample_of(version, population, at, *, targets=None):
    """The Sample, from the cache when one was measured on the same hours within ten minutes of the same day."""
    targets = _targets(version) if targets is None else targets
    calendars = newest_calendars({calendar_id for _seconds, calendar_id in targets.values()})
    agreement = version.agreement
    named = [population, company_day(at), version.reopen_rule, *sorted((*key, calendars[pk].sha256) for key, (_s, pk) in targets.items())]
    named += {Population.DESK: [], Population.SERVICE: [agreement.service_id]}.get(
        population, [agreement.customer_id, agreement.service_id]
    )
    key = "sla-check-" + hashlib.sha256(repr(named).encode()).hexdigest()
    hours = {key: calendars[pk].hours() for key, (_seconds, pk) in targets.items()}
    return cache.get_or_set(key, lambda: load(version, population, at, hours), KEPT_S)


def load(version, population, at, hours):
    """The Sample, measured now; `hours` is {(tier, priority, metric): Hours}. Two queries; a second or so for 20,000 tickets."""
    found = Clock.objects.filter(_covered(version.agreement, population), metric__in=CHECKED, **_lately(at))
    rebound = Exists(ClockEvent.objects.filter(clock=OuterRef("pk"), kind=REBIND))
    rows = list(found.exclude(state=ClockState.CANCELLED).annotate(rebound=rebound).values_list(*COLUMNS, named=True))
    zone, strands = ZoneInfo(company_zone()), {key: [] for key in hours}
    used = _measured([row for row in rows if (row.tier, row.priority, row.metric) in hours], hours, at, version.reopen_rule)
    for row in rows:
        if replay := used.get(row.pk):
            seconds = -(-replay.needs_us // log.MICROS)
            strands[row.tier, row.priority, row.metric].append((seconds, row.contacted_at.astimezone(zone).hour, row.pk, replay.ended))
    tickets = [row for row in rows if row.metric == Metric.RESPONSE and row.cycle == 1]
    untested = sum((row.tier, row.priority, row.metric) not in hours for row in tickets)
    return Sample(at, len(tickets), untested, {key: Strand.of(found) for key, found in strands.items()})


def populations(agreement, at=None):
    """`{population: how many tickets}` that this agreement may be checked over; one query."""
    at = at or time.now()
    offered = [population for population in Population if population != Population.SERVICE or agreement.service_id]
    counts = {population.value: Count("pk", filter=_covered(agreement, population)) for population in offered}
    tickets = Clock.objects.filter(metric=Metric.RESPONSE, cycle=1, **_lately(at)).exclude(state=ClockState.CANCELLED)
    return tickets.aggregate(**counts)


def failed_tickets(failures):
    """`[(Failure, its record's subject)]` of one page of failures, in their order; queries by kind of record, not by row."""
    clocks = Clock.objects.in_bulk([failure.clock_id for failure in failures])
    records = records_of(clocks.values())
    found = []
    for failure in failures:
        clock = clocks.get(failure.clock_id)
        if clock and (record := records.get((clock.content_type_id, clock.object_id))):
            found.append((failure, record.sla_subject()))
    return found


@verb
def take_targets(version, *, by, seconds):
    """Put tried targets into a draft; everything else of it stays. `seconds` as for check(). Raises NotAllowed, Refused."""
    held = {(t.tier, t.priority, t.metric): (t.seconds, t.calendar) for t in version.targets.select_related("calendar")}
    if seconds.keys() - held.keys():
        raise Refused(_("The draft has changed since you checked it. Check it again."), code="changed")
    return save_draft(version, by=by, targets=held | {key: (tried, held[key][1]) for key, tried in seconds.items()})


def _targets(version):
    """`{(tier, priority, metric): (seconds, calendar id)}` of what can be checked; one query."""
    return {(t.tier, t.priority, t.metric): (t.seconds, t.calendar_id) for t in version.targets.all() if t.metric in CHECKED}


def _before(version, at):
    """`{(tier, priority, metric, calendar id): seconds}` of the agreement's version now in force, if it is another one; two queries."""
    in_force = version.agreement.versions.filter(published_at__isnull=False, effective_from__lte=at).exclude(pk=version.pk)
    held = in_force.order_by("-effective_from", "-no").first()
    return {(*key, calendar_id): seconds for key, (seconds, calendar_id) in _targets(held).items()} if held else {}


def _row(key, seconds, strand, wished, before_s):
    judged = strand.judged(seconds)
    grade = grade_of(judged, wished)
    better = nice(least) if grade in ("red", "amber") and (least := strand.least(wished)) else None
    return Row(*key, seconds, judged, grade, better, before_s, strand.judged(before_s) if before_s else None)


def grade_of(judged, wished):
    """Green when so many percent were met, red below 80, amber between; none of nothing."""
    if not judged.decided:
        return "none"
    return "green" if judged.keeps(wished) else "amber" if judged.keeps(RED_BELOW) else "red"


def _place(key):
    tier, priority, metric = key
    return TIER_ORDER.get(tier, 9), priority, CHECKED.index(metric)


def _lately(at):
    return {"contacted_at__gte": at - WINDOW, "contacted_at__lt": at}


def _covered(agreement, population):
    """Which clocks a population has; the customer's are those that the agreement would cover."""
    if population == Population.DESK:
        return Q(pk__isnull=False)
    if population == Population.SERVICE:
        return Q(service=agreement.service_id)
    if agreement.service_id:
        return Q(customer=agreement.customer_id, service=agreement.service_id)
    own = AgreementVersion.objects.filter(
        agreement__customer=agreement.customer_id, agreement__service__isnull=False, agreement__ended_at=None, published_at__isnull=False
    )
    return Q(customer=agreement.customer_id) & (Q(service=None) | ~Q(service__in=own.values("agreement__service")))


def _measured(rows, hours, at, reopen_rule):
    """`{clock id: Replay}`: what the clock itself measured where its hours are the asked ones, else from its log; at most one query."""
    held = {pk: version.hours() for pk, version in log.calendar_versions({row.calendar_version_id for row in rows} - {None}).items()}
    asked, found, anew = {}, {}, {}
    for row in rows:
        place = row.tier, row.priority, row.metric, row.calendar_version_id
        if place not in asked:
            asked[place] = held.get(row.calendar_version_id, log.ROUND_THE_CLOCK) == hours[place[:3]]
        if asked[place] and (replay := _by_itself(row, hours[place[:3]], at)):
            found[row.pk] = replay
        else:
            anew[row.pk] = hours[place[:3]]
    count_gap = reopen_rule == ReopenRule.COUNT_GAP
    for pk, lines in _lines(list(anew)):
        found[pk] = _replayed(lines, anew[pk], at, count_gap)
    return found


def _by_itself(row, hours, at):
    """The Replay of a clock on its own hours from its columns alone, or None where only the log tells.

    The log tells of other hours, reopening and corrections; and whether a clock that may have waited had stopped before closing
    time, if it used whole seconds: otherwise no target is so much to the microsecond.
    """
    if row.generation > 1 or row.rebound:
        return None
    if row.seg_started_at:
        return Replay(row.elapsed_us, ended=False).ran(hours, row.seg_started_at, at)
    ended = row.state == ClockState.STOPPED
    if row.elapsed_us % log.MICROS:
        return Replay(row.elapsed_us, ended)
    if not ended or row.seq > PLAIN_LINES + bool(row.breached_at):
        return None
    return Replay(row.elapsed_us, ended, idle=not hours.is_open(row.stopped_at - MICROSECOND))


def _lines(ids):
    """`(clock id, [(kind, instant, amendment or None)])` of many logs; one query, none for nothing."""
    if not ids:
        return
    wanted = ClockEvent.objects.filter(clock__in=RawSQL("SELECT unnest(%s::bigint[])", [ids])).order_by("clock_id", "seq")
    lines = wanted.values_list("clock_id", "kind", "effective_at", "payload__amend")
    for pk, told in groupby(lines.iterator(chunk_size=5000), key=itemgetter(0)):
        yield pk, [line[1:] for line in told]


def _replayed(lines, hours, at, count_gap):
    if any(kind == CORRECT for kind, _at, _amend in lines):
        events = [Event(kind, when, amend=log.amendment_of({"amend": amend}) if amend else None) for kind, when, amend in lines]
        return replayed(events, hours, at, count_gap=count_gap)
    return measured([line[:2] for line in lines], hours, at, count_gap=count_gap)
