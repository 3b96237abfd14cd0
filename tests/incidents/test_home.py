"""What the tiles count is what the lists show."""

from datetime import timedelta

import pytest

from incidents import panels, services
from incidents.filters import IncidentFilter
from incidents.models import Incident
from sla import services as sla

pytestmark = pytest.mark.django_db


def listed(at, **wanted):
    return IncidentFilter(wanted, queryset=Incident.objects.all(), at=at).qs.count()


def test_every_number_of_the_desk_opens_as_many_rows(log, ready, service_manager, at):
    for impact, urgency in ((1, 1), (1, 2), (2, 2), (3, 3), (3, 3)):
        log(impact=impact, urgency=urgency, at=at)
    later = at + timedelta(minutes=45)
    sla.sweep(later)
    shown = panels.desk(service_manager, later)
    assert shown["open"] == listed(later, state=["open"]) == 5
    assert dict(shown["priorities"]) == {p: listed(later, state=["open"], priority=[p]) for p in (1, 2, 3, 4)}
    assert shown["overdue"] == listed(later, state=["open"], overdue="true") > 0
    assert shown["broken"] == listed(later, breached=shown["today"].isoformat()) > 0
    assert shown["broken"] < shown["open"]


def test_what_broke_yesterday_is_not_counted_today(log, ready, service_manager, at):
    log(impact=1, urgency=1)
    sla.sweep(at + timedelta(hours=1))
    assert panels.desk(service_manager, at + timedelta(hours=1))["broken"] == 1
    assert panels.desk(service_manager, at + timedelta(days=1))["broken"] == 0


def test_my_queue_shows_what_runs_out_first(log, ready, at):
    slow, urgent = log(impact=3, urgency=3), log(impact=2, urgency=1)
    services.accept(slow, by=ready, at=at)
    rows = panels.own_queue(ready, at)["rows"]
    assert [incident for incident, _face in rows] == [urgent, slow]
