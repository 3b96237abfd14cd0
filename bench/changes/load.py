"""Load any number of configuration items and of changes with all that belongs to them: set-based SQL, as the product would leave it."""

import itertools
import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from bench import ground, texts
from bench.changes import texts as said
from bench.load import bare_tables, finish, statements, timed
from catalog.models import ItemType, Service
from changes import policy, risk
from changes import services as changes
from changes.models import Category, Change, Kind, Risk, StandardModel
from itsm.people.models import Appointment, Organisation, Role

LOADED = (
    "catalog_configurationitem", "catalog_relation", "catalog_itemupdate", "catalog_configurationitemevent", "catalog_relationevent",
    "changes_change", "changes_change_items", "changes_change_services", "changes_change_customers", "changes_riskassessment",
    "changes_searchtext", "changes_approvalround", "changes_stage", "changes_seat", "changes_decision", "changes_booking",
    "changes_steprun", "changes_review", "changes_remark", "changes_freezewindow", "changes_freezewindow_services", "changes_changeevent",
    "changes_approvalroundevent", "core_steptaken", "notices_notice", "notices_delivery",
)  # fmt: skip
TRACKED = ("catalog_configurationitem", "catalog_relation", "changes_change", "changes_approvalround")
MONTH_SHARE, AROUND, PAST = 0.02, timedelta(days=7), timedelta(days=730)
ZONE = ZoneInfo("Asia/Shanghai")
SHARES = (("rack", 0.01), ("host", 0.1), ("vm", 0.4), ("database", 0.1))
HANGS = (
    ("host", "rack", "part_of", 100, 0), ("vm", "host", "runs_on", 100, 0), ("database", "vm", "runs_on", 100, 0),
    ("application", "vm", "runs_on", 100, 0), ("application", "vm", "runs_on", 30, 20), ("application", "database", "depends_on", 60, 8),
)  # fmt: skip
"""(what hangs, on what, how, how many percent of them, how many percent of those on something far away)"""
TRAIL_COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_name = %s AND column_name NOT LIKE 'pgh%%'
"""
TABLES = """
    CREATE TEMP TABLE bench_layer (place int, kind text, type bigint, count int);
    CREATE TEMP TABLE bench_hangs (no int, lower text, upper text, kind text, share int, far int);
    CREATE TEMP TABLE bench_stretch (first int, last int, opens timestamptz, shuts timestamptz);
    CREATE TEMP TABLE bench_engineer (i int, person bigint, team bigint);
    CREATE TEMP TABLE bench_holder (role text, customer bigint, i int, count int, person bigint);
    CREATE TEMP TABLE bench_customer (i int, customer bigint);
    CREATE TEMP TABLE bench_service (i int, id bigint);
    CREATE TEMP TABLE bench_model (i int, id bigint, category text, reason text, plan jsonb, back_out_plan text, test_evidence text);
    CREATE TEMP TABLE bench_plan (language text, i int, plan jsonb);
    CREATE TEMP TABLE bench_asked (kind text, category text, risk text, rule text, minutes int, roles text[], why jsonb);
    CREATE TEMP TABLE bench_answers (answers jsonb);
    CREATE TEMP TABLE bench_phrase (kind text, language text, place int, text text, words text);
"""


def load(items, count, say):
    """Fill a database that holds the company with so many items and changes; `say(sentence)` tells how it goes."""
    with connection.cursor() as cursor:
        at = ground.lay_basics(cursor, Change)
        cursor.execute(TABLES)
        for table, rows in _lists(items, count, at).items():
            ground.fill(cursor, table, rows)
        with bare_tables(cursor, LOADED):
            for name in ("items", "plan", "load"):
                for title, statement in statements(name, __file__):
                    timed(cursor, title, statement, say)
            for table in TRACKED:
                timed(cursor, f"trail of {table}", _trail(cursor, table), say)
        finish(cursor, LOADED, ("changes_number", "changes_change"))


def _lists(items, count, at):
    """`{table: rows}` of everything that items and changes are made from."""
    engineers = Appointment.objects.current().filter(role=Role.ENGINEER).order_by("person_id").values_list("person", "team")
    return {
        "layer": _layers(items - Service.objects.count()),
        "hangs": [(no, *row) for no, row in enumerate(HANGS)],
        "stretch": stretches(count, at),
        "engineer": [(i, *who) for i, who in enumerate(engineers)],
        "holder": _holders(),
        "customer": list(enumerate(Organisation.objects.customers().order_by("pk").values_list("pk", flat=True))),
        "service": list(enumerate(Service.objects.order_by("pk").values_list("pk", flat=True))),
        "model": _models(),
        "plan": [(language, i, json.dumps(plan)) for language, i, plan in said.plans()],
        "asked": _asked(),
        "answers": [(json.dumps({question["code"]: 1 for question in risk.SHIPPED_QUESTIONS}),)],
        "phrase": texts.phrases() + said.phrases(),
    }


def _layers(count):
    """Machines in racks, what runs on them, and applications for the rest."""
    types = dict(ItemType.objects.values_list("code", "pk"))
    sizes = [(kind, max(1, int(count * share))) for kind, share in SHARES]
    sizes.append(("application", max(1, count - sum(size for _kind, size in sizes))))
    return [(place, kind, types[kind], size) for place, (kind, size) in enumerate(sizes)]


def stretches(count, at):
    """`[(first, last, opens, shuts)]`: two years at an even pace, then this month and the next with a fiftieth of all changes each."""
    month = at.astimezone(ZONE).date().replace(day=1)
    after_next = (month + timedelta(days=70)).replace(day=1)
    opens, shuts = (datetime.combine(day, time(), ZONE) for day in (month - AROUND, after_next + AROUND))
    near = round(count * MONTH_SHARE * (shuts - opens).days / (after_next - month).days * 2)
    return [(1, count - near, opens - PAST, opens), (count - near + 1, count, opens, shuts)]


def _holders():
    held = Appointment.objects.current().exclude(role__in=[Role.ENGINEER, Role.SERVICE_DESK]).order_by("role", "organisation", "person")
    rows = []
    for key, group in itertools.groupby(held, key=lambda a: (a.role, a.organisation_id)):
        people = [appointment.person_id for appointment in group]
        rows += [(*key, i, len(people), person) for i, person in enumerate(people)]
    return rows


def _models():
    found = StandardModel.objects.order_by("pk")
    return [(i, m.pk, m.category, m.reason, json.dumps(m.plan), m.back_out_plan, m.test_evidence) for i, m in enumerate(found)]


def _asked():
    """What the policy in force asks in each case: its one stage, and the names of the row that decides."""
    rows, found = changes.policy_in_force().rows, []
    for kind, category, level in itertools.product((Kind.NORMAL, Kind.EMERGENCY), Category.values, Risk.values):
        facts = policy.Facts(kind, category, level)
        (stage,), (row,) = policy.stages(rows, facts), policy.deciding_rows(rows, facts)
        why = json.dumps([[row["name"], row["name_en"]]])
        found.append((kind, category, level, stage.rule, stage.minutes, [role for role, _customer in stage.seats], why))
    return found


def _trail(cursor, table):
    cursor.execute(TRAIL_COLUMNS, [f"{table}event"])
    columns = cursor.fetchone()[0]
    return (
        f"INSERT INTO {table}event ({columns}, pgh_created_at, pgh_label, pgh_obj_id) "
        f"SELECT {columns}, pg_temp.at(), 'insert', id FROM {table} ORDER BY id"
    )
