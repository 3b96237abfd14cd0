import pytest
from rest_framework.authtoken.models import Token


def get(client, person, path):
    token, _ = Token.objects.get_or_create(user=person)
    return client.get(path, headers={"authorization": f"Token {token.key}"})


def test_i_am_who_i_am(client, engineer, team):
    me = get(client, engineer, "/api/v1/people/me/").json()
    assert (me["username"], me["roles"], me["teams"]) == ("engineer", ["engineer"], [team.pk])


@pytest.mark.parametrize("path", ["/api/v1/people/", "/api/v1/customers/", "/api/v1/teams/", "/api/v1/people/me/"])
def test_closed_without_a_token(client, db, path):
    assert client.get(path).status_code in (401, 403)


@pytest.mark.parametrize("path", ["/api/v1/people/", "/api/v1/customers/", "/api/v1/teams/"])
def test_a_customers_token_finds_nothing(client, contact, engineer, path):
    assert get(client, contact, path).status_code == 404
    assert get(client, engineer, path).status_code == 200


def test_customers_are_listed_and_our_own_company_is_not_one(client, engineer, customer, other_customer):
    found = get(client, engineer, "/api/v1/customers/").json()
    found = found.get("results", found) if isinstance(found, dict) else found
    assert [row["code"] for row in found] == ["jianglan", "shiguang"]


def test_nothing_can_be_written(client, administrator, customer):
    token, _ = Token.objects.get_or_create(user=administrator)
    response = client.post("/api/v1/customers/", {"name": "x"}, headers={"authorization": f"Token {token.key}"})
    assert response.status_code == 405
