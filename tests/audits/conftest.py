"""The people around a finding, and findings at every stage."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audits import services
from incidents.models import Incident
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Role
from tests import cast
from tests.audits import finding as made
from tests.audits import review

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Shanghai."""
DAY = timedelta(days=1)
TODAY = date(2026, 3, 4)


@pytest.fixture
def now():
    """The instant at which the clock of a test stands."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def office(db):
    """The calendars that deadlines are counted on."""
    return calendars.ensure_defaults(at=datetime(2025, 1, 1, tzinfo=UTC))[1]


@pytest.fixture
def auditee(own_company):
    """Who owns the process that the finding is about."""
    return cast.staff("auditee", Role.SUPERVISOR, name="许安")


@pytest.fixture
def owner(team):
    """Who owns the corrective action."""
    return cast.staff("owner", Role.ENGINEER, team=team, name="周明远")


@pytest.fixture
def fixer(team):
    """Who carries it out."""
    return cast.staff("fixer", Role.ENGINEER, team=team, name="陈可")


@pytest.fixture
def company(office, auditor, auditee, owner, fixer, service_manager, top_manager):
    """Everybody around a finding, by what they are."""
    return {
        "auditor": auditor, "auditee": auditee, "owner": owner, "fixer": fixer, "service_manager": service_manager,
        "top_manager": top_manager,
    }  # fmt: skip


@pytest.fixture
def found(company):
    """`found(**fields)`: a finding that the auditor raised, minor unless it says otherwise, its action owned by `owner`."""

    def raised(*, by=company["auditor"], at=NOW, **fields):
        details = {**made.SAID, "auditee": company["auditee"], "owner": company["owner"], **fields}
        return services.raise_finding(by=by, at=at, **details)

    return raised


@pytest.fixture
def action_at(found, company):
    """`action_at("approved", **fields of the finding)`: its first action, having come so far."""

    def come(status, *, at=NOW, **fields):
        return made.come_to(made.action_of(found(at=at, **fields)), status, company, at=at)

    return come


@pytest.fixture
def handled(customer, team, owner, own_company):
    """`handled(count, at)`: incidents whose contact was at that instant, each handled by the same engineer."""
    service = made.service(owner, team)

    def incidents(count, at, **fields):
        return [_incident(customer, team, service, owner, at, no, **fields) for no in range(count)]

    return incidents


def _incident(customer, team, service, owner, at, no, **fields):
    return Incident.objects.create(
        title=f"Incident {no}", description="It hangs.", customer=customer, service=service, team=team, assignee=owner, impact=2, urgency=2,
        priority=1 + no % 4, contacted_at=at, logged_at=at, **fields,
    )  # fmt: skip


@pytest.fixture
def review_at(company, settings, tmp_path):
    """`review_at("held", **fields)`: a review that has come so far."""
    settings.STATE_DIR = tmp_path

    def come(status, *, at=NOW, nothing="", **fields):
        return review.come_to(review.plan(company, at, **fields), status, company, at=at, nothing=nothing)

    return come
