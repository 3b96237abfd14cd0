"""Outside a demo there is no demo company and no open door."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from itsm.people.models import Person


def test_a_real_installation_is_left_alone(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("load_demo")
    assert not Person.objects.exists()


def test_a_database_with_people_of_its_own_is_left_alone(agent, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="people or incidents of its own"):
        call_command("load_demo")


def test_the_open_door_exists_only_in_the_demo(client, engineer, settings):
    settings.DEMO = False
    assert client.post(reverse("demo:enter"), {"username": engineer.username}).status_code == 404
