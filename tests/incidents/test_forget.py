"""Who asked to be forgotten stands nowhere any more, and what they did still stands everywhere."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from incidents import services
from incidents.models import Incident
from incidents.timeline import timeline
from itsm.people import services as people
from itsm.people.models import Person

pytestmark = pytest.mark.django_db
NAME, MAIL, PHONE = "陈可", "engineer@example.com", "13912345678"


def tables_that_hold(text):
    """Names of the tables in which any column of any row contains a text."""
    names = connection.introspection.table_names()
    with connection.cursor() as cursor:
        found = []
        for name in names:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}" t WHERE t::text LIKE %s)', [f"%{text}%"])
            found += [name] if cursor.fetchone()[0] else []
    return found


@pytest.fixture
def worked(log, ready, agent, service_manager, at):
    """An engineer who worked on two incidents, is known to the sign-in machinery, and left with both in hand."""
    people.edit(ready, by=service_manager, phone=PHONE)
    services.accept(log(), by=ready, at=at + timedelta(minutes=1))
    waiting = services.accept(log(), by=ready, at=at + timedelta(minutes=1))
    services.reply(waiting, by=ready, body="We look.", at=at + timedelta(minutes=2))
    services.wait(waiting, by=ready, reason="waiting_customer_info", body="Which?", at=at + timedelta(minutes=3))
    SocialAccount.objects.create(user=ready, provider="openid_connect", uid="1", extra_data={"name": NAME, "email": MAIL})
    kind = ContentType.objects.get_for_model(Person)
    LogEntry.objects.create(user=service_manager, content_type=kind, object_id=str(ready.pk), object_repr=NAME, action_flag=CHANGE)
    people.leave(ready, by=service_manager, on=at.date(), at=at + timedelta(minutes=30))
    return ready


def test_nothing_in_the_database_names_the_forgotten(worked, service_manager, agent):
    assert {"people_person", "people_personevent"} <= set(tables_that_hold(NAME))
    people.forget(worked, by=service_manager, reason="asked for it")
    assert [tables_that_hold(text) for text in (NAME, MAIL, PHONE)] == [[], [], []]
    told = [(entry.text, entry.remark) for incident in Incident.objects.all() for entry in timeline(incident, agent)]
    assert ("Returned to the queue", "The owner has left") in told
