"""The populations that an effect is judged on: which records, from after which instant, and what a sample of them is spread over."""

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, F, Func, Q, TextField
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from audits import sampling
from audits.expressions import about
from changes.models import Change, Result
from changes.models import Kind as ChangeKind
from changes.models import Status as ChangeStatus
from incidents.models import Incident, Status
from itsm.people.models import Appointment
from itsm.people.zones import company_zone
from sla.models import Clock

INCIDENT_FACTS = (
    "number", "status", "priority", "impact", "urgency", "priority_reason", "service_id", "customer_id", "team_id", "assignee_id",
    "contacted_at", "logged_at", "responded_at", "resolved_at", "resolution_code", "closed_at", "closing_kind", "reopen_count",
)  # fmt: skip
CHANGE_FACTS = (
    "number", "status", "kind", "category", "risk", "assessment_id", "requester_id", "implementer_id", "raised_at", "approved_at",
    "started_at", "finished_at", "result", "retrospect", "verdict", "reviewed_by_id", "closed_at",
)  # fmt: skip
CHUNK = 10_000
"""Rows that are fetched at once."""
RISK_ORDER = {"high": "1", "medium": "2", "low": "3"}


@dataclasses.dataclass(frozen=True)
class Always:
    """A class of records of which a human reads every one, or all that fail where it is large (domain: sampling)."""

    label: object
    condition: Callable


def _broken():
    return Q(priority__lte=2) & Exists(about(Clock, Incident, breached_at__isnull=False))


ALWAYS_INCIDENTS = {"p1": Always(_("P1"), lambda: Q(priority=1)), "breached": Always(_("P1 and P2 that broke a promise"), _broken)}
ALWAYS_CHANGES = {
    "emergency": Always(_("emergency changes"), lambda: Q(kind=ChangeKind.EMERGENCY)),
    "failed": Always(_("failed and backed-out changes"), lambda: Q(result__in=[Result.FAILED, Result.BACKED_OUT])),
}


@dataclasses.dataclass(frozen=True)
class Kind:
    """One sort of population. `rows(since, until)`: the queryset of records begun after `since` and by `until`.

    `facts` are what a row's hash is made of, in this order; `order` is the field that a stratum is spread over first,
    `always` the classes of which all are read, by their codes.
    """

    label: object
    model: type
    process: str
    facts: tuple
    handler: str
    begun: str
    order: str
    priority: Callable
    rows: Callable
    always: dict


def _incidents(since, until):
    return Incident.objects.filter(contacted_at__gt=since, contacted_at__lte=until, logged_at__lte=until)


def _closed_incidents(since, until):
    return _incidents(since, until).filter(status=Status.CLOSED)


def _changes(since, until):
    return Change.objects.filter(raised_at__gt=since, raised_at__lte=until)


def _begun_changes(since, until):
    return _changes(since, until).exclude(started_at=None)


def _closed_changes(since, until):
    return _changes(since, until).filter(status=ChangeStatus.CLOSED)


def _of_incidents(label, rows):
    return Kind(label, Incident, "8.6.1", INCIDENT_FACTS, "assignee_id", "contacted_at", "priority", str, rows, ALWAYS_INCIDENTS)


def _of_changes(label, rows):
    return Kind(label, Change, "8.5.1", CHANGE_FACTS, "implementer_id", "raised_at", "risk", _by_risk, rows, ALWAYS_CHANGES)


def _by_risk(risk):
    return RISK_ORDER.get(risk, "9")


KINDS = {
    "incidents": _of_incidents(_("Incidents"), _incidents),
    "closed_incidents": _of_incidents(_("Closed incidents"), _closed_incidents),
    "changes": _of_changes(_("Changes asked for"), _changes),
    "begun_changes": _of_changes(_("Changes begun"), _begun_changes),
    "closed_changes": _of_changes(_("Closed changes"), _closed_changes),
}
"""Later sorts of records join by one line."""


def choices():
    """`[(kind, label)]` of what an effect can be judged on."""
    return [(name, kind.label) for name, kind in KINDS.items()]


def population(name, since, until):
    """The sampling Rows of the records of a kind that were begun after `since` and by `until`, by id; two queries.

    The database hashes: no column of a record comes here but those that a row is made of.
    """
    kind = KINDS[name]
    day = TruncDate(kind.begun, tzinfo=ZoneInfo(company_zone()))
    rows = kind.rows(since, until).annotate(row_hash=row_hash(kind), begun_day=day).order_by("id")
    held = _posts()

    @functools.cache
    def placed(handler, day):
        return next((role for valid, role in held[handler] if day in valid), ""), f"{day:%Y-%m}"

    ranked = functools.cache(kind.priority)
    found = rows.values_list("id", "row_hash", kind.handler, "begun_day", kind.order).iterator(CHUNK)
    return [
        sampling.Row(key, digest, kind.process, post, ranked(order), month)
        for key, digest, handler, day, order in found
        for post, month in (placed(handler, day),)
    ]


def classes(name, since, until):
    """`{code: [ids]}` of the records of which a human reads all; one query for each class."""
    kind = KINDS[name]
    return {
        code: list(kind.rows(since, until).filter(always.condition()).order_by("id").values_list("id", flat=True))
        for code, always in kind.always.items()
    }


def row_hash(kind):
    """SHA-256 of what a record says, as an expression: its facts as one JSON array, instants in UTC (sampling.fact_hash)."""
    fields = {field.attname: field for field in kind.model._meta.concrete_fields}
    return _Hashed(*[_InUtc(F(name)) if isinstance(fields[name], DateTimeField) else F(name) for name in kind.facts])


class _InUtc(Func):
    template = "(%(expressions)s AT TIME ZONE 'UTC')"
    output_field = DateTimeField()


class _Hashed(Func):
    template = "encode(sha256(convert_to(json_build_array(%(expressions)s)::text, 'UTF8')), 'hex')"
    output_field = TextField()


def _posts():
    """`{person id: [(days, role)]}` of everybody, as they were appointed; one query."""
    found = defaultdict(list)
    held = Appointment.objects.standing().order_by("id")
    for person, valid, role in held.values_list("person_id", "valid", "role"):
        found[person].append((Days(valid.lower, valid.upper), role))
    return found


@dataclasses.dataclass(frozen=True)
class Days:
    """A stretch of days, the last not among them; without an end where it is None."""

    first: object
    end: object

    def __contains__(self, day):
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)
