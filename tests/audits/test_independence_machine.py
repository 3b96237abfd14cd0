"""Whatever is done to an audit, in whatever order: nobody audits what they owned without top management's word, no state is skipped."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import services
from audits.models import Audit, ProcessOwner
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.people.models import Role
from tests import cast
from tests.audits.audit import PATH, planned, processes
from tests.audits.conftest import NOW

pytestmark = pytest.mark.django_db
PEOPLE = ("a", "b", "c", "top")
CODES = ("change", "incident")
ACT = st.one_of(
    st.tuples(st.just("own"), st.sampled_from(PEOPLE), st.sampled_from(CODES), st.integers(0, 200)),
    st.tuples(st.just("assign"), st.sampled_from(PEOPLE), st.sampled_from(CODES)),
    st.tuples(st.just("allow"), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from(CODES)),
    st.tuples(st.sampled_from(("draft_agenda", "draft_checklist", "prepare", "start", "answer", "report", "follow_up", "close_audit"))),
)


@pytest.fixture
def company(office, own_company):
    people = {name: cast.staff(name, Role.INTERNAL_AUDITOR) for name in PEOPLE[:-1]}
    return people | {"top": cast.staff("top", Role.TOP_MANAGEMENT)}


def perform(audit, company, act):
    """One act, through the services; what they refuse changes nothing."""
    name, *how = act
    lead = company["a"]
    if name == "own":
        services.name_owner(
            processes(how[1])[0], by=None, owner=company[how[0]], first_on=date(2025, 8, 1) + timedelta(days=how[2]), at=NOW
        )
    elif name == "assign":
        services.assign(audit.areas.get(process__code=how[1]), by=lead, auditor=company[how[0]], at=NOW)
    elif name == "allow":
        by, person, reviewer = (company[one] for one in how[:3])
        services.override(audit.areas.get(process__code=how[3]), by=by, person=person, reviewer=reviewer, reason="Small.", at=NOW)
    elif name == "answer":
        for item in audit.checklist.all():
            services.answer_question(item, by=lead, result="conforming", at=NOW)
    elif name == "report":
        services.issue_report(audit, by=lead, conclusion="Fine.", at=NOW)
    else:
        getattr(services, name)(audit, by=lead, at=NOW)


def holds(audit, before):
    """What is always so."""
    audit = Audit.objects.get(pk=audit.pk)
    assert abs(PATH.index(audit.status) - PATH.index(before)) <= 1
    for area in audit.areas.standing().filter(auditor__isnull=False):
        days = (audit.period_from, audit.period_until + timedelta(days=1))
        held = ProcessOwner.objects.standing().filter(process=area.process, valid__overlap=days, owner=area.auditor)
        allowed = area.overrides.filter(person=area.auditor).first()
        if audit.is_open and held.exists() and allowed is None:
            assert area.flagged_at is not None, "an owner audits, unflagged"
        if allowed is not None:
            assert allowed.by.username == "top"
            assert len({allowed.person_id, allowed.reviewer_id, allowed.by_id}) == 3
    if audit.status == "reported":
        assert audit.issued.sha256
    return audit.status


@given(acts=st.lists(ACT, min_size=3, max_size=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_audits_what_was_theirs_and_no_state_is_skipped(company, acts):
    with clock.at(NOW), transaction.atomic():
        audit = planned(company["a"], *CODES, at=NOW)
        status = audit.status
        for act in acts:
            with suppress(Refused), transaction.atomic():
                perform(audit, company, act)
            status = holds(audit, status)
        transaction.set_rollback(True)
