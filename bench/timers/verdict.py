"""What a wave left in the database: everything once, nothing lost, and how long after its time it was committed."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg2

CLOCKS = """
    SELECT c.* FROM sla_clock c JOIN django_content_type t ON t.id = c.content_type_id
    WHERE t.app_label = 'incidents' AND t.model = 'incident' AND c.metric = 'resolution' AND c.object_id BETWEEN %(first)s AND %(last)s
"""
FIRED = f"SELECT count(*) FROM sla_clockfire f JOIN ({CLOCKS}) c ON c.id = f.clock_id"
LAGS = f"""
    SELECT count(*), count(DISTINCT (f.clock_id, f.generation, f.step)), count(*) FILTER (WHERE f.fired_at < f.scheduled_for),
           coalesce(percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY lag), '{{0,0}}'), coalesce(max(lag), 0),
           coalesce(avg((lag <= 1)::int), 0)::float, count(*) FILTER (WHERE f.collapsed),
           extract(epoch FROM max(committed_at) FILTER (WHERE f.scheduled_for <= %(over_at)s) - %(over_at)s)::float
    FROM ({CLOCKS}) c JOIN sla_clockfire f ON f.clock_id = c.id
    CROSS JOIN LATERAL (SELECT pg_xact_commit_timestamp(f.xmin) AS committed_at) w
    CROSS JOIN LATERAL (SELECT extract(epoch FROM w.committed_at - f.scheduled_for)::float AS lag) l
"""
BREACHES = f"""
    SELECT count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n > 1), count(*) FILTER (WHERE n = 1 AND NOT right_time)
    FROM (SELECT c.id, count(e.id) AS n, c.outcome = 'breached' AND c.breached_at = c.due_at
                 AND bool_and(e.effective_at = c.due_at) AS right_time
          FROM ({CLOCKS}) c LEFT JOIN sla_clockevent e ON e.clock_id = c.id AND e.kind = 'breach'
          GROUP BY c.id, c.outcome, c.breached_at, c.due_at) b
"""
NOTICES = f"""
    SELECT coalesce(sum(greatest(spoken - told, 0)), 0)::int, coalesce(sum(greatest(told - spoken, 0)), 0)::int
    FROM ({CLOCKS}) c JOIN incidents_incident i ON i.id = c.object_id
    CROSS JOIN LATERAL (SELECT count(*) AS spoken FROM sla_clockfire f WHERE f.clock_id = c.id AND NOT f.collapsed) f
    CROSS JOIN LATERAL (SELECT count(*) AS told FROM notices_notice n WHERE n.content_type_id = c.content_type_id
                        AND n.object_id = c.object_id AND n.person_id = i.assignee_id AND n.kind LIKE 'sla.%%') n
"""


@dataclass(frozen=True)
class Verdict:
    """What became of a wave. Lags are seconds from the time a step was due to the commit that holds its fire, breach and notices."""

    trouble: str
    clocks: int
    wanted: int
    fires: int
    doubled: int
    early: int
    collapsed: int
    breaches_lost: int
    breaches_doubled: int
    breaches_wrong: int
    notices_lost: int
    notices_doubled: int
    median: float
    p99: float
    worst: float
    within: float
    caught_up: float | None
    drifted: int
    red_after: float | None = None
    wants_red: bool = False
    in_time: bool = False
    soon: bool = False

    @property
    def lost(self):
        """Steps, breaches and notices that should be there and are not."""
        return max(0, self.wanted - self.fires) + self.breaches_lost + self.notices_lost

    @property
    def twice(self):
        """Steps, breaches and notices that are there more than once."""
        return self.doubled + max(0, self.fires - self.wanted) + self.breaches_doubled + self.notices_doubled

    @property
    def wrong(self):
        """Steps before their time, breaches with another time than the due time, clocks that differ from their log, no red when due."""
        return self.early + self.breaches_wrong + self.drifted + (self.wants_red and self.red_after is None)

    @property
    def is_exact(self):
        """Everything, once, and right."""
        return not (self.lost or self.twice or self.wrong)

    def __str__(self):
        exact = "all, exactly once" if self.is_exact else f"LOST {self.lost}, TWICE {self.twice}, WRONG {self.wrong}"
        lag = f"lag p50 {self.median:.2f} s, p99 {self.p99:.2f} s, worst {self.worst:.2f} s, {100 * self.within:.1f} % within 1 s"
        red = f"; red after {self.red_after:.0f} s" if self.red_after is not None else "; NEVER RED" if self.wants_red else ""
        late = f"; caught up after {self.caught_up:.1f} s" if self.caught_up is not None else ""
        return f"{self.fires:,} of {self.wanted:,} steps of {self.clocks:,} clocks fired ({exact}); {lag}{late}{red}; {self.trouble}"


def fired(database_url, wave, before):
    """How many steps of the wave have fired; what was known before while the database does not answer."""
    with contextlib.suppress(psycopg2.Error):
        return row(database_url, FIRED, wave)[0]
    return before


def judge(database_url, wave, over_at):
    """What the tables say of a wave, as the Verdict's fields; `over_at` is when the trouble was over (seconds since 1970), or None.

    `caught_up` counts only what was due before that.
    """
    over = datetime.fromtimestamp(over_at, UTC) if over_at else None
    count, distinct, early, (median, p99), worst, within, collapsed, late = row(database_url, LAGS, wave, over_at=over)
    lost, doubled, wrong = row(database_url, BREACHES, wave)
    unheard, heard_twice = row(database_url, NOTICES, wave)
    return {
        "clocks": wave.clocks, "wanted": wave.fires, "fires": count, "doubled": count - distinct, "early": early, "collapsed": collapsed,
        "breaches_lost": lost, "breaches_doubled": doubled, "breaches_wrong": wrong,
        "notices_lost": unheard, "notices_doubled": heard_twice,
        "median": median, "p99": p99, "worst": worst, "within": within, "caught_up": max(0.0, late) if late is not None else None,
    }  # fmt: skip


def row(database_url, statement, wave, **values):
    """The one row of a statement about a wave."""
    with contextlib.closing(psycopg2.connect(database_url, connect_timeout=3)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, {"first": wave.first, "last": wave.last, **values})
        return cursor.fetchone()
