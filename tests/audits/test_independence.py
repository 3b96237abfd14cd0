"""Who is independent of what (O4, requirements 80 and 83)."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from audits import independence
from audits.models import Process, ProcessOwner
from changes.models import Change
from incidents.models import Incident
from itsm.people.models import Role
from tests import cast

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def owned(code, owner, deputy=None, first=None, last=None):
    process = Process.objects.complete().get(code=code)
    return ProcessOwner.objects.create(process=process, owner=owner, deputy=deputy, valid=DateRange(first, last))


def kinds(found):
    return [tie.kind for tie in found]


def test_who_owned_or_deputised_on_a_day_of_the_period_is_tied(own_company):
    old, new, deputy, other = (cast.person(name) for name in ("old", "new", "deputy", "other"))
    owned("change", old, last=FIRST + timedelta(days=1))
    owned("change", new, deputy, first=FIRST + timedelta(days=1))
    found = independence.process_ties([old, new, deputy, other], ["change"], FIRST, LAST)
    assert {person: kinds(ties) for person, ties in found.items()} == {old.pk: ["owner"], new.pk: ["owner"], deputy.pk: ["deputy"]}
    assert independence.process_ties([old], ["change"], FIRST + timedelta(days=1), LAST) == {}
    assert all(independence.is_blocked(ties) for ties in found.values())


def test_a_line_subordinate_of_the_owner_is_warned_of_only(own_company, team):
    boss = cast.person("boss")
    team.lead = boss
    team.save()
    member = cast.staff("member", Role.ENGINEER, team=team)
    middle = cast.person("middle", manager=boss)
    below = cast.person("below", manager=middle)
    owned("change", boss)
    found = independence.process_ties([member, below, boss], ["change"], FIRST, LAST)
    assert kinds(found[member.pk]) == kinds(found[below.pk]) == ["subordinate"]
    assert kinds(found[boss.pk]) == ["owner"]
    assert not independence.is_blocked(found[member.pk])


def test_who_handled_an_incident_before_is_tied_to_it_as_its_present_handler_and_the_lead_are(handled, now, owner, team):
    fixer = cast.staff("fixer", Role.ENGINEER, team=team)
    boss = cast.person("boss")
    team.lead = boss
    team.save()
    incident = handled(1, now)[0]
    Incident.objects.filter(pk=incident.pk).update(assignee=fixer)
    found = independence.record_ties([owner, fixer, boss], Incident, [incident.pk])
    assert {person: kinds(ties) for (person, _record), ties in found.items()} == {
        owner.pk: ["worker"], fixer.pk: ["worker"], boss.pk: ["leader"],
    }  # fmt: skip


def test_ties_to_many_records_cost_no_more_queries_than_to_one(handled, now, owner, django_assert_num_queries):
    some = handled(12, now)
    independence.record_ties([owner], Incident, [some[0].pk])
    with django_assert_num_queries(9) as one:
        independence.record_ties([owner], Incident, [some[0].pk])
    with django_assert_num_queries(len(one.captured_queries)):
        found = independence.record_ties([owner], Incident, [incident.pk for incident in some])
    assert len(found) == 12


def test_much_work_on_a_processes_records_blocks_and_little_warns(handled, now, owner, team):
    handled(12, now)
    found = independence.process_ties([owner], ["incident"], FIRST, LAST)
    assert [(tie.kind, tie.count, tie.blocks) for tie in found[owner.pk]] == [("worker", 12, True)]
    stranger = cast.staff("stranger", Role.ENGINEER, team=team)
    Incident.objects.filter(pk=Incident.objects.first().pk).update(assignee=stranger)
    warned = independence.process_ties([stranger], ["incident"], FIRST, LAST)[stranger.pk]
    assert not independence.is_blocked(warned)
    assert Change.objects.count() == 0
