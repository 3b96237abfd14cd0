"""The populations that an effect is judged on: which records, from after which instant, and what a sample of them is spread over."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from audits import sampling
from changes.models import Change
from changes.models import Status as ChangeStatus
from incidents.models import Incident, Status
from itsm.people.models import Appointment
from itsm.people.zones import company_zone

INCIDENT_FACTS = (
    "number", "status", "priority", "impact", "urgency", "priority_reason", "service_id", "customer_id", "team_id", "assignee_id",
    "contacted_at", "logged_at", "responded_at", "resolved_at", "resolution_code", "closed_at", "closing_kind", "reopen_count",
)  # fmt: skip
CHANGE_FACTS = (
    "number", "status", "kind", "category", "risk", "assessment_id", "requester_id", "implementer_id", "raised_at", "approved_at",
    "started_at", "finished_at", "result", "retrospect", "verdict", "reviewed_by_id", "closed_at",
)  # fmt: skip
RISK_ORDER = {"high": "1", "medium": "2", "low": "3"}


@dataclasses.dataclass(frozen=True)
class Kind:
    """One sort of population. `rows(since, until)`: the queryset of records begun after `since` and by `until`."""

    label: object
    model: type
    process: str
    facts: tuple
    handler: str
    begun: str
    priority: Callable
    rows: Callable


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
    return Kind(label, Incident, "8.6.1", INCIDENT_FACTS, "assignee_id", "contacted_at", lambda facts: str(facts["priority"]), rows)


def _of_changes(label, rows):
    return Kind(label, Change, "8.5.1", CHANGE_FACTS, "implementer_id", "raised_at", lambda facts: RISK_ORDER.get(facts["risk"], "9"), rows)


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
    """The sampling Rows of the records of a kind that were begun after `since` and by `until`, by id; two queries."""
    kind = KINDS[name]
    found = list(kind.rows(since, until).order_by("id").values_list("id", *kind.facts))
    facts = [(key, dict(zip(kind.facts, values, strict=True))) for key, *values in found]
    posts = _posts({said[kind.handler] for _key, said in facts})
    zone = ZoneInfo(company_zone())
    rows = []
    for key, said in facts:
        day = said[kind.begun].astimezone(zone).date()
        post = next((role for valid, role in posts[said[kind.handler]] if day in valid), "")
        rows.append(sampling.Row(key, sampling.digest(said), kind.process, post, kind.priority(said), f"{day:%Y-%m}"))
    return rows


def _posts(people):
    """`{person id: [(days, role)]}` of everybody who handled one of the records, as they were appointed; one query."""
    found = defaultdict(list)
    held = Appointment.objects.standing().filter(person__in=[person for person in people if person]).order_by("id")
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
