"""What became of the changes carried out in a period, counted in one statement."""

import dataclasses
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from changes import consequences
from changes.measures.scope import tier
from changes.models import Change
from itsm.people.zones import company_zone

_JUDGED = """
    caused AS ({causes}),
    facts AS MATERIALIZED (
        SELECT c.id, c.kind, c.tier, c.category, c.finished_at,
            date_trunc('month', c.finished_at AT TIME ZONE %s)::date AS month,
            (c.started_at >= c.starts_at AND c.finished_at <= c.ends_at) IS TRUE AS in_window,
            c.status = 'backed_out' OR c.result = 'backed_out' OR (
                c.status IN ('review', 'closed') AND c.result <> 'successful' AND EXISTS (
                    SELECT 1 FROM core_steptaken t WHERE t.content_type_id = %s AND t.object_id = c.id AND t.step = 'back_out')
            ) AS backed_out,
            c.result = 'failed' AS failed, coalesce(k.number, 0) AS incidents,
            (k.first_at <= c.finished_at + %s) IS TRUE AS hurt,
            c.finished_at > %s::timestamptz - %s AS provisional
        FROM ({changes}) c LEFT JOIN caused k ON k.change_id = c.id
    ),
    judged AS (SELECT *, in_window AND NOT backed_out AND NOT failed AND NOT hurt AS successful FROM facts)
"""
_COUNTS = """count(*), count(*) FILTER (WHERE successful), count(*) FILTER (WHERE successful AND provisional),
    count(*) FILTER (WHERE kind = 'emergency'), count(*) FILTER (WHERE kind = 'standard'), count(*) FILTER (WHERE backed_out),
    count(*) FILTER (WHERE failed), count(*) FILTER (WHERE NOT in_window), count(*) FILTER (WHERE incidents > 0),
    coalesce(sum(incidents), 0)::bigint"""
FIGURES = {
    "implemented": "TRUE", "successful": "successful", "unsuccessful": "NOT successful", "emergency": "kind = 'emergency'",
    "backed_out": "backed_out", "failed": "failed", "outside_window": "NOT in_window", "caused": "incidents > 0",
    "provisional": "successful AND provisional",
}  # fmt: skip
"""What each figure counts, as SQL about a judged change."""


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """Changes whose work ended, counted. provisional: successful ones that ended less than seven days ago."""

    implemented: int = 0
    successful: int = 0
    provisional: int = 0
    emergency: int = 0
    standard: int = 0
    backed_out: int = 0
    failed: int = 0
    outside_window: int = 0
    caused: int = 0
    incidents: int = 0

    @property
    def unsuccessful(self):
        return self.implemented - self.successful

    @property
    def success_rate(self):
        """Implemented in the window without back-out or failure and without an incident caused within seven days, of all implemented."""
        return share(self.successful, self.implemented)

    @property
    def emergency_rate(self):
        """Emergencies of all that are not standard."""
        return share(self.emergency, self.implemented - self.standard)

    @property
    def backed_out_rate(self):
        """Backed out of all implemented."""
        return share(self.backed_out, self.implemented)


def share(part, whole):
    """Percent, or None of nothing."""
    return 100 * part / whole if whole else None


def carried_out(scope, at):
    """`(Outcomes of all, {month: Outcomes}, {group: Outcomes})` of the changes whose work ended in the period; one query.

    Groups are tiers, categories or (as text) ids of services; a change of several services counts in each of them.
    """
    sql, parameters = judged(scope, at)
    column = {"tier": "tier", "category": "category", "service": "s.service_id"}[scope.by]
    join = "JOIN changes_change_services s ON s.change_id = judged.id" if scope.by == "service" else ""
    sql += f"""
        SELECT 'all', NULL::text, {_COUNTS} FROM judged
        UNION ALL SELECT 'month', month::text, {_COUNTS} FROM judged GROUP BY 2
        UNION ALL SELECT 'by', {column}::text, {_COUNTS} FROM judged {join} GROUP BY 2
    """
    found = {"all": {}, "month": {}, "by": {}}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for section, key, *counts in cursor.fetchall():
            found[section][key] = Outcomes(*counts)
    months = {date.fromisoformat(key): counted for key, counted in found["month"].items()}
    return found["all"][None], {month: months.get(month, Outcomes()) for month in scope.period.months}, found["by"]


@dataclasses.dataclass(frozen=True)
class Judged:
    """What became of one change, as the figures count it."""

    change_id: int
    successful: bool
    in_window: bool
    backed_out: bool
    failed: bool
    hurt: bool
    incidents: int


def listed(scope, at, figure, *, first=0, most=None):
    """`[Judged]` of the changes that a figure counts, the last to end first; one query."""
    sql, parameters = judged(scope, at)
    sql += f""" SELECT id, successful, in_window, backed_out, failed, hurt, incidents FROM judged WHERE {FIGURES[figure]}
        ORDER BY finished_at DESC, id DESC LIMIT %s OFFSET %s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, most, first])
        return [Judged(*row) for row in cursor.fetchall()]


def judged(scope, at):
    """`(SQL, parameters)` of a WITH that ends in `judged`: each change carried out in the period and what became of it."""
    rows = Change.objects.filter(scope.of(), scope.within("finished_at")).annotate(tier=tier())
    names = ("id", "kind", "category", "status", "result", "starts_at", "ends_at", "started_at", "finished_at", "tier")
    changes, of_changes = rows.values(*names).order_by().query.sql_with_params()
    causes, of_causes = consequences.causes()
    own = [company_zone(), ContentType.objects.get_for_model(Change).pk, consequences.WITHIN, at, consequences.WITHIN]
    return f"WITH {_JUDGED.format(causes=causes, changes=changes)}", [*of_causes, *own, *of_changes]
