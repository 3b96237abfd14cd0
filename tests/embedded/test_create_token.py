"""script/manage create_token prints a token that opens the API for that person."""

import io

import pytest
from django.core.management import CommandError, call_command


def token(*words):
    out = io.StringIO()
    call_command("create_token", *words, stdout=out)
    return out.getvalue().strip()


def test_the_token_opens_the_api_and_renewing_closes_the_former_one(client, agent):
    former = token("agent")
    assert token("agent") == former
    assert client.get("/api/v1/services/", headers={"authorization": f"Token {former}"}).status_code == 200
    renewed = token("agent", "--renew")
    assert client.get("/api/v1/services/", headers={"authorization": f"Token {former}"}).status_code in (401, 403)
    assert client.get("/api/v1/services/", headers={"authorization": f"Token {renewed}"}).status_code == 200


@pytest.mark.django_db
def test_nobody_by_that_name():
    with pytest.raises(CommandError, match="Nobody here has the user name 'ghost'"):
        token("ghost")


def test_somebody_who_left_gets_none(agent):
    type(agent).objects.filter(pk=agent.pk).update(is_active=False)
    with pytest.raises(CommandError, match="has left"):
        token("agent")
