"""How the clocks' own machinery does: is the sweep on time, were the steps punctual, do the clocks equal their logs."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from itsm.core import clock as time
from itsm.core import wording
from sla.models import Clock, ClockState
from sla.services.verifying import last_verification

DAY = timedelta(hours=24)
PUNCTUAL = timedelta(seconds=5)
ALARMING = timedelta(seconds=30)
LAGS = """
    SELECT count(*), count(*) FILTER (WHERE fired_at - scheduled_for > %s),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM fired_at - scheduled_for)),
        percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM fired_at - scheduled_for)),
        max(extract(epoch FROM fired_at - scheduled_for))
    FROM sla_clockfire WHERE fired_at > %s AND fired_at <= %s
"""


@dataclass(frozen=True)
class Lags:
    """How late the steps of the last 24 hours fired, in seconds; `late` counts those over five seconds. Empty: no step fired."""

    fires: int
    late: int
    p50: float | None
    p99: float | None
    most: float | None

    @property
    def punctual(self):
        """Escalation punctuality: the share of steps that fired within five seconds, in percent, or None."""
        return 100 * (self.fires - self.late) / self.fires if self.fires else None


@dataclass(frozen=True)
class Pulse:
    """The figures at one instant: seconds the oldest overdue step waits, how many wait, clocks due on unofficial holidays."""

    at: object
    lag_s: float
    overdue: int
    provisional: int
    lags: Lags
    verification: object

    @property
    def drifts(self):
        """How many clocks differed from their log at the last run."""
        return len(self.verification.drifts) if self.verification else 0


def pulse(at=None):
    """The Pulse now; four queries, each by an index."""
    at = at or time.now()
    overdue, lag = backlog(at)
    provisional = Clock.objects.filter(due_provisional=True, state=ClockState.RUNNING).count()
    return Pulse(at, lag.total_seconds(), overdue, provisional, _lags(at), last_verification())


def backlog(at):
    """How many steps wait, and for how long the oldest does."""
    late = Clock.objects.due(at).order_by().aggregate(count=Count("id"), first=Min("next_fire_at"))
    return late["count"], at - late["first"] if late["first"] else timedelta(0)


def alarms(at=None):
    """What managers have to be told of the clocks on every page, as sentences; two queries, each reading one row of an index."""
    at, found = at or time.now(), []
    first = Clock.objects.due(at - ALARMING).values_list("next_fire_at", flat=True).first()
    if first:
        found.append(_("The clocks are behind: the oldest step waits for %(late)s.") % {"late": wording.duration(at - first)})
    last = last_verification()
    if last and last.drifts:
        words = {"count": len(last.drifts)}
        found.append(_("Clocks that differ from their log: %(count)s. Nothing was repaired; find out why before you believe them.") % words)
    return found


def _lags(at):
    with connection.cursor() as cursor:
        cursor.execute(LAGS, [PUNCTUAL, at - DAY, at])
        return Lags(*cursor.fetchone())
