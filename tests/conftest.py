"""The standing cast as fixtures. The functions behind them are in tests/cast.py."""

import pgtrigger
import pytest
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as properties

from itsm.core import lately
from itsm.people.models import Role
from tests import cast
from tests.deep import DEEP, PROFILE

properties.register_profile("usual", max_examples=100, deadline=None)
properties.register_profile("deep", max_examples=1000, deadline=None)
properties.load_profile(PROFILE)


def pytest_collection_modifyitems(items):
    """Long runs are skipped, and say so, unless they are asked for."""
    skipped = pytest.mark.skip(reason="a long run; script/test --deep does it")
    for item in items:
        if item.get_closest_marker("deep") and not DEEP:
            item.add_marker(skipped)


_flush = TransactionTestCase._fixture_teardown


def _flush_in_spite_of_triggers(self):
    with pgtrigger.ignore():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_in_spite_of_triggers  # records refuse TRUNCATE, and they should


@pytest.fixture(autouse=True)
def nothing_remembered():
    """No test finds what a page of another one kept for a few seconds, or speaks the language of its reader."""
    lately.forget()
    translation.deactivate()


@pytest.fixture
def own_company(db):
    """Our own company."""
    return cast.own_company()


@pytest.fixture
def customer(db):
    """The customer most tests serve."""
    return cast.customer()


@pytest.fixture
def other_customer(db):
    """A customer that must never learn of the first one's records."""
    return cast.customer("拾光商城", "shiguang")


@pytest.fixture
def team(own_company):
    """The responsible team, led by nobody until `team_lead` is asked for."""
    return cast.team()


@pytest.fixture
def other_team(own_company):
    """A team that has nothing to do with it."""
    return cast.team("应用支持组", "Applications")


@pytest.fixture
def agent(team):
    """The service-desk agent who answers the phone."""
    return cast.staff("agent", Role.SERVICE_DESK, team=team, name="林知夏")


@pytest.fixture
def engineer(team):
    """An engineer of the team."""
    return cast.staff("engineer", Role.ENGINEER, team=team, name="陈可")


@pytest.fixture
def other_engineer(team):
    """A second engineer of the team."""
    return cast.staff("engineer2", Role.ENGINEER, team=team, name="周明远")


@pytest.fixture
def team_lead(team):
    """The lead of the team."""
    lead = cast.staff("lead", name="方远")
    team.lead = lead
    team.save(update_fields=["lead"])
    return lead


@pytest.fixture
def service_manager(own_company):
    """The IT service manager."""
    return cast.staff("manager", Role.SERVICE_MANAGER, name="沈若宁")


@pytest.fixture
def auditor(own_company):
    """An internal auditor."""
    return cast.staff("auditor", Role.INTERNAL_AUDITOR, name="何叶")


@pytest.fixture
def top_manager(own_company):
    """Top management."""
    return cast.staff("boss", Role.TOP_MANAGEMENT, name="顾铭")


@pytest.fixture
def administrator(own_company):
    """An administrator of the whole product, without any role."""
    return cast.person("admin", is_staff=True, is_superuser=True)


@pytest.fixture
def contact(customer):
    """The customer's contact who reports things; reads Chinese, has no account."""
    return cast.person("qinxi", name="秦溪", organisation=customer, language="zh-hans", email="qinxi@jianglan.example")


@pytest.fixture
def requester(contact):
    """The same contact under the name requirements use."""
    return contact


@pytest.fixture
def representative(customer):
    """The customer's representative."""
    who = cast.person("zhenglan", name="郑岚", organisation=customer, email="zhenglan@jianglan.example")
    return cast.appointed(who, Role.CUSTOMER_REPRESENTATIVE, organisation=customer)


@pytest.fixture
def stranger(other_customer):
    """A contact of another customer."""
    return cast.person("stranger", name="Stranger", organisation=other_customer)
