"""Every address and every route of the API is closed, but for those named here."""

import re
import uuid

import pytest
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from itsm.demo import urls as demo_urls

pytestmark = pytest.mark.django_db

OPEN_TO_ANYBODY = {
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/inactive/",
    "/accounts/signup/",
    "/accounts/3rdparty/login/cancelled/",
    "/accounts/3rdparty/login/error/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-1/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/1/",
    "/accounts/login/code/confirm/",
    "/accounts/welcome/x/x/",
    "/language/",
    "/admin/login/",
    "/api/schema/",
    "/changes/calendar/feed/x/changes.ics",
    "/api/docs/",
    "/l/x/",
    "/l/x/thanks/",
    f"/l/x/files/{uuid.UUID(int=1)}/",
    "/healthz",
    "/readyz",
}
OPEN_TO_CUSTOMERS = {"/portal/", "/accounts/", "/api/v1/people/me/", "/api/v1/agreements/"}
"""Beside the addresses open to anybody: what a customer's account may see, by the beginning of the address."""
OPEN_TO_MANAGERS = {"/api/v1/measures/", "/api/v1/months/"}
"""Of the API: what tells of the whole company, so that a token alone does not open it."""

EXAMPLES = {
    "int": "1",
    "uuid": str(uuid.UUID(int=1)),
    "number": "000001",
    "slug": "x",
    "str": "x",
    "path": "x",
}


def addresses(patterns=None, prefix="/"):
    """`[address]` with an example for every part that varies."""
    found = []
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        address = prefix + example(entry.pattern)
        found += addresses(entry.url_patterns, address) if isinstance(entry, URLResolver) else [address]
    return found


def example(pattern):
    """One piece of an address that a pattern matches."""
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda part: EXAMPLES[part[1] or "str"], str(pattern))
    form, names = normalize(pattern.regex.pattern)[0]
    prefix = next((prefix for prefix in ("CHG", "INC", "FND", "ACT", "REV", "MRA") if prefix in pattern.regex.pattern), "")
    return form % {name: f"{prefix}-000001" if name == "number" else "1" for name in names}


ADDRESSES = sorted(set(addresses()))
DEMO_DOORS = set(addresses(demo_urls.urlpatterns))


def is_named(address, names):
    return address in names or any(address.startswith(name) for name in names if name in OPEN_TO_CUSTOMERS)


def test_the_list_of_addresses_is_whole():
    assert len(ADDRESSES) > 80
    for known in (
        "/",
        "/incidents/",
        "/incidents/INC-000001/",
        "/incidents/INC-000001/x/",
        "/api/v1/incidents/INC-000001/resolve/",
        "/services/x/",
    ):
        assert known in ADDRESSES
    assert [address for address in ADDRESSES if re.search(r"[\\^$?*+()\[\]<>%]", address)] == []


def test_nobody_without_an_account_comes_in(client):
    leaks = {}
    for address in ADDRESSES:
        if address in OPEN_TO_ANYBODY or address in DEMO_DOORS:
            continue
        for method in (client.get, client.post):
            response = method(address)
            to_sign_in = response.status_code in (301, 302) and "/login/" in response.url
            if not (to_sign_in or response.status_code in (401, 403, 404)):
                leaks[method.__name__, address] = response.status_code
    assert leaks == {}


def test_every_exception_exists_and_none_is_an_accident(client):
    missing = {address for address in OPEN_TO_ANYBODY if client.get(address).status_code >= 500} - {"/readyz"}
    assert missing == set()
    assert OPEN_TO_ANYBODY - {"/healthz", "/readyz"} <= set(ADDRESSES)


def test_the_demos_doors_exist_in_the_demo_alone(client, settings):
    settings.DEMO = False
    assert {client.post(address).status_code for address in DEMO_DOORS} <= {404, 405}


@pytest.mark.parametrize("who", ["contact", "representative"])
def test_for_a_customers_account_no_page_of_ours_exists(client, request, who):
    client.force_login(request.getfixturevalue(who), backend="itsm.people.backends.SignInBackend")
    leaks = {}
    for address in ADDRESSES:
        if address in OPEN_TO_ANYBODY or address in DEMO_DOORS or is_named(address, OPEN_TO_CUSTOMERS):
            continue
        for method in (client.get, client.post):
            if (status := method(address).status_code) != 404:
                leaks[method.__name__, address] = status
    assert leaks == {}
    assert client.get("/portal/").status_code == 200


def test_nothing_in_the_api_is_read_without_a_token_and_everything_opens_with_one(client, agent):
    routes = [address for address in ADDRESSES if address.startswith("/api/v1/")]
    assert len(routes) > 15
    assert {client.get(route).status_code for route in routes} == {401}
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    assert {client.get(route).status_code for route in routes if route.count("/") == 4 and route not in OPEN_TO_MANAGERS} <= {200}
    assert {client.get(route).status_code for route in OPEN_TO_MANAGERS} == {403}
