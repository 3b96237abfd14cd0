"""What the product's own code takes, measured in this process."""

import hashlib
import itertools
import resource
import statistics
import time

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from bench.load import statements, timed
from bench.people import MANAGER
from changes import period
from incidents.models import Incident
from itsm.core import clock, measures
from itsm.people.models import Person
from itsm.people.zones import company_zone
from reports import sheets
from reports.listing import Listing
from reports.models import Tally, TicketFact, Touched
from reports.scope import Scope
from reports.services import recount, sweep_touched
from reports.services.counting import Sums
from reports.services.refreshing import only_writer
from reports.tiles import TILES
from reports.views.files import table_file

MILLI = 1000
MONTHS = 12
WARM_UP = 3


def facts(say):
    """The facts of all loaded incidents, whose lives are simple, and their sums; `day` compares them with what the product derives."""
    kind = ContentType.objects.get_for_model(Incident).pk
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("reports_touched", "reports_ticketfact", "reports_tally", "reports_spread"):
            cursor.execute(f"DELETE FROM {table}")
        for title, statement in statements("facts", __file__):
            timed(cursor, title, statement.format(kind=kind, zone=f"'{company_zone()}'"), say)
        cursor.execute("SET session_replication_role = DEFAULT")
        began = time.monotonic()
        recount()
        say(f"sums: {time.monotonic() - began:.1f} s")
        for table in ("reports_ticketfact", "reports_tally", "reports_spread"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    return {}


def held():
    """What the database holds, and the twelve months that are looked at."""
    counts = {"incidents": Incident.objects.count(), "facts": TicketFact.objects.count(), "tallies": Tally.objects.count()}
    return {**counts, "months": MONTHS, **_scope().period.query}


def _scope():
    return Scope(period.lately(clock.now(), MONTHS))


def tiles(rounds):
    """`{tile: its median and 90th percentile in milliseconds, and statements}` for the service manager."""
    person, at, scope = Person.objects.get(username=MANAGER), clock.now(), _scope()
    found = {}
    for name, tile in TILES.items():
        with CaptureQueriesContext(connection) as asked:
            tile(scope, person, at)
        taken = []
        for number in range(-WARM_UP, rounds):
            began = time.perf_counter()
            tile(scope, person, at)
            if number >= 0:
                taken.append((time.perf_counter() - began) * MILLI)
        found[name] = {
            "median_ms": statistics.median(taken), "p90_ms": statistics.quantiles(taken, n=10)[-1], "statements": len(asked),
        }  # fmt: skip
    return found


def day(incidents):
    """The facts of so many incidents made anew, and looked at once more: seconds, and whether everything is the same."""
    ids = list(Incident.objects.filter(status="closed").order_by("-contacted_at").values_list("pk", flat=True)[:incidents])
    _refreshed(ids)
    before = _seal(ids)
    _forget(ids)
    anew, again = _refreshed(ids), _refreshed(ids)
    facts = TicketFact.objects.filter(record_id__in=ids).count()
    return {"incidents": len(ids), "facts": facts, "anew_s": anew, "again_s": again, "is_same": _seal(ids) == before}


def _refreshed(ids):
    began = time.perf_counter()
    kind = ContentType.objects.get_for_model(Incident).pk
    Touched.objects.bulk_create(Touched(record_type_id=kind, record_id=pk) for pk in ids)
    sweep_touched()
    return time.perf_counter() - began


def _forget(ids):
    """As if these incidents had never been looked at."""
    with only_writer():
        sums = Sums()
        for fact in TicketFact.objects.filter(record_id__in=ids):
            sums.add(fact, -1)
        sums.write()
        TicketFact.objects.filter(record_id__in=ids).delete()


def _seal(ids):
    """SHA-256 over the facts of these incidents and over all sums."""
    seal = hashlib.sha256()
    with connection.cursor() as cursor:
        for sql, values in (
            ("SELECT (to_jsonb(f) - 'id')::text FROM reports_ticketfact f WHERE record_id = ANY(%s) ORDER BY kind, source_id", [ids]),
            ("SELECT (to_jsonb(t) - 'id')::text FROM reports_tally t WHERE number <> 0 ORDER BY 1", []),
            ("SELECT (to_jsonb(s) - 'id')::text FROM reports_spread s WHERE counts <> '{}' ORDER BY 1", []),
        ):
            cursor.execute(sql, values)
            for (line,) in cursor.fetchall():
                seal.update(line.encode())
    return seal.hexdigest()


def export(kind, rows):
    """Download so many rows of one measure and throw them away: seconds, rows, and the most memory ever taken in MB."""
    request = RequestFactory().get("/", {"format": kind})
    asked = Listing(_scope(), measures.named("logged_in_time"))
    head, columns = sheets.rows_head(asked, asked.figure(), clock.now()), sheets.columns(asked)
    began, size = time.perf_counter(), 0
    for piece in table_file(request, "bench", head, columns, itertools.islice(sheets.rows_of(asked, ""), rows)).streaming_content:
        size += len(piece)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"kind": kind, "rows": rows, "bytes": size, "seconds": time.perf_counter() - began, "memory_mb": memory}
