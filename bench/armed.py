"""Open tickets of one customer whose clocks are due far ahead, or all within one second: loaded by SQL, many a second."""

import contextlib
from datetime import timedelta

from django.db import connection, transaction

from bench import ground
from bench.load import services_of, set_sequences, statements, with_defaults
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Organisation, Person
from sla.clockwork import BREACH_STEP
from sla.models import Agreement, AgreementVersion, Metric, Target

CODE = "clocks"
DAY = 86_400
WAVE_S = 2_000
WARNING = 99
"""The warning comes 20 seconds before the breach: the closest that two steps may stand."""
LADDER = [
    {"mark": WARNING, "who": ["assignee"], "priorities": [3, 4]},
    {"mark": BREACH_STEP, "who": ["assignee", "lead"], "priorities": [1, 2, 3, 4]},
]
FAR, TWO_STEPS, ONE_STEP, SOONER = 4, 3, 2, 1
"""Priorities: due in a month or two, due with a warning before, due without one, due in some weeks."""
SECONDS = {SOONER: (10 * DAY, 20 * DAY), ONE_STEP: (900, WAVE_S), TWO_STEPS: (900, WAVE_S), FAR: (30 * DAY, 60 * DAY)}


def arm(clocks):
    """Tickets with two running clocks each, due in a month or two, until that many are armed; how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sla_clock WHERE next_fire_at IS NOT NULL AND priority = %s", [FAR])
        armed = cursor.fetchone()[0]
    if clocks > armed:
        _load((clocks - armed) // 2, FAR)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
    return max(clocks, armed)


def wave(clocks, *, due_in, spread=timedelta(0), steps=2):
    """That many tickets whose resolution clocks are due `due_in` from now, spread over a little: what was loaded, as a dict."""
    at, first = _load(clocks, TWO_STEPS if steps == 2 else ONE_STEP, due_in, spread)
    return {"first": first, "last": first + clocks - 1, "due_at": (at + due_in).isoformat(), "steps": steps}


def _load(count, priority, due_in=None, spread=timedelta(0)):
    with _session() as cursor, transaction.atomic(), with_defaults(cursor):
        at = ground.lay(cursor)
        cursor.execute("""
            CREATE TEMP TABLE bench_service (i int, service bigint, team bigint, tier text, engineers bigint[]);
            CREATE TEMP TABLE bench_plan (count int, priority int, due_in interval, spread interval, agreement_version bigint,
                                          customer bigint, contact bigint, base bigint, base_clock bigint);
        """)
        ground.fill(cursor, "service", services_of(cursor))
        version = _version()
        customer = version.agreement.customer
        base, base_clock = _last(cursor, "incidents_incident"), _last(cursor, "sla_clock")
        plan = (count, priority, due_in, spread, version.pk, customer.pk, customer.people.get().pk, base, base_clock)
        ground.fill(cursor, "plan", [plan])
        for _title, statement in _statements():
            cursor.execute(statement)
        set_sequences(cursor)
    return at, base + 1


@contextlib.contextmanager
def _session():
    """A connection of its own: its temporary tables and settings end with it."""
    connection.close()
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def _statements():
    for title, statement in statements("armed"):
        yield from statements("clocks") if title == "{clocks}" else [(title, statement)]


def _last(cursor, table):
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    return cursor.fetchone()[0]


def ensure_customer():
    """The customer with its contact and its published promise, made once."""
    if Organisation.objects.filter(code=CODE).exists():
        return
    at = clock.now()
    customer = Organisation.objects.create(kind=Organisation.Kind.CUSTOMER, name="时钟有限公司", code=CODE)
    contact = Person(username="contact-clocks", name="联系人", organisation=customer, email="clocks@customer.example")
    contact.set_unusable_password()
    contact.save()
    agreement = Agreement.objects.create(customer=customer, name="SLA-clocks")
    begun = at - timedelta(days=100)
    version = AgreementVersion.objects.create(agreement=agreement, no=1, effective_from=begun, ladder=LADDER, approved_note="To measure.")
    always = calendars.Calendar.objects.get(code=calendars.ALWAYS)
    Target.objects.bulk_create(
        Target(version=version, tier=tier, priority=priority, metric=metric, seconds=seconds, calendar=always)
        for tier in ("core", "non_core")
        for priority, targets in SECONDS.items()
        for metric, seconds in zip((Metric.RESPONSE, Metric.RESOLUTION), targets, strict=True)
    )
    version.publish(by=None, at=at)
    version.save()


def _version():
    return AgreementVersion.objects.select_related("agreement__customer").get(agreement__customer__code=CODE)
