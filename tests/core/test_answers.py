"""A repeated request acts once and gets the first answer."""

import pytest

from incidents.models import Incident
from itsm.core.answers import once
from itsm.core.errors import Refused
from itsm.core.models import AnswerGiven

pytestmark = pytest.mark.django_db


def test_the_same_key_performs_once(incident, agent):
    done = []

    def perform():
        done.append(1)
        return incident

    assert once(agent, "key", "log", perform) == once(agent, "key", "log", perform) == incident
    assert done == [1]
    assert once(agent, "another", "log", perform) == incident
    assert done == [1, 1]


def test_without_a_key_it_always_performs(incident, agent):
    done = []
    for _ in range(2):
        once(agent, "", "log", lambda: done.append(1) or incident)
    assert done == [1, 1]
    assert not AnswerGiven.objects.exists()


def test_a_key_belongs_to_its_person(incident, agent, ready):
    done = []
    for person in (agent, ready):
        once(person, "key", "log", lambda: done.append(1) or incident)
    assert done == [1, 1]


def test_a_key_names_one_deed(incident, agent):
    once(agent, "key", "log", lambda: incident)
    with pytest.raises(Refused, match="request key"):
        once(agent, "key", "resolve", lambda: incident)
    assert once(agent, "key", "log", lambda: None) == incident


def test_what_failed_may_be_tried_again_with_its_key(log, agent):
    def fails():
        log()
        raise Refused("not now")

    with pytest.raises(Refused, match="not now"):
        once(agent, "key", "log", fails)
    assert not Incident.objects.exists()
    assert once(agent, "key", "log", log) == Incident.objects.get()
