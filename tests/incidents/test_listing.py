"""Queues: their order, their groups and their pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from incidents.models import Incident
from incidents.views.listing import BY_DUE, NEWEST, VIEWS, grouped, rows_of
from itsm.core import paging

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("due", "group"),
    [(-1, "Overdue"), (10, "Due within the hour"), (90, "Due today"), (4 * 60, "Later"), (None, "Paused or without a promise")],
)
def test_rows_stand_under_when_they_are_due_where_the_reader_is(log, ready, due, group):
    evening = datetime(2026, 10, 12, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai: the day ends in three hours
    incident = log(at=evening, contacted_at=evening)
    incident.next_due_at = evening + timedelta(minutes=due) if due is not None else None
    with timezone.override("Asia/Shanghai"):
        assert [str(title) for title, _rows in grouped([incident], evening)] == [group]


@pytest.mark.parametrize("order", [BY_DUE, NEWEST])
def test_pages_show_every_row_once_in_order(log, at, order):
    for number in range(7):
        log(impact=1 + number % 3, urgency=1 + number % 2, at=at + timedelta(minutes=number))
    Incident.objects.filter(pk__in=Incident.objects.order_by("pk")[:2].values("pk")).update(next_due_at=None)
    seen, cursor = [], ""
    while True:
        page = paging.page(Incident.objects.all(), order, cursor, size=2)
        seen += page.rows
        if not (cursor := page.next_cursor):
            break
    assert seen == list(Incident.objects.order_by(*order.by()))


def test_every_view_shows_only_what_it_says(log, ready, agent, at):
    mine, queued = log(), log(impact=1, urgency=2)
    shown = {key: set(rows_of(view, ready, at)) for key, view in VIEWS.items()}
    assert shown["mine"] == {i for i in (mine, queued) if i.assignee == ready}
    assert shown["all"] == shown["open"] == shown["team"] == {mine, queued}
    assert shown["confirm"] == shown["call"] == set()
    assert not rows_of(VIEWS["team"], agent.__class__(pk=0), at).exists()
