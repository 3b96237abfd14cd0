"""The alarm clock: what runs how often. PostgreSQL is the queue and the truth; a lost tick loses nothing."""

import contextlib
import gc
import os

from billiard.util import get_pdeathsig
from celery import Celery, bootsteps
from celery.schedules import crontab
from celery.signals import beat_init, worker_before_create_process
from django.urls import reverse

from itsm.heartbeat import QUEUES, beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")

app = Celery("itsm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_S = 5
TICKS = 4
"""How many sweeps of the clocks are sent each second: one for each child of the timers worker; they share what is due."""
REAP_S = 0.05


def every(seconds, task, *, queue="default", args=()):
    """An entry of the schedule: send `task` every so many seconds; a tick nobody took by the next one is dropped."""
    return {"task": task, "schedule": float(seconds), "args": args, "options": {"queue": queue, "expires": max(1, seconds)}}


def daily(hour, minute, task, *, queue="default"):
    """An entry of the schedule: send `task` once a day, in the company's time zone."""
    return {"task": task, "schedule": crontab(hour=hour, minute=minute), "options": {"queue": queue, "expires": 3600}}


app.conf.beat_schedule = {
    **{f"sweep clocks {tick} of {TICKS}": every(1, "sla.tasks.sweep_clocks", queue="timers") for tick in range(1, TICKS + 1)},
    "rebind clocks": every(15, "sla.tasks.rebind_clocks"),
    "verify clocks": daily(3, 40, "sla.tasks.verify_clocks"),
    "run rules": daily(2, 20, "audits.tasks.run_rules"),
    "run rules asked for": every(5, "audits.tasks.run_asked"),
    "deliver notices": every(2, "itsm.notices.tasks.deliver_notices"),
    "close the accounts of who left": every(300, "itsm.people.tasks.sweep_leavers"),
    "serve queues": every(5, "incidents.tasks.sweep_queues"),
    "ask for confirmation": every(30, "incidents.tasks.sweep_confirmations"),
    "remind who has to decide": every(30, "changes.tasks.sweep_stages"),
    "remind who is waited for": every(30, "incidents.tasks.sweep_waiting"),
    "bring facts in step": every(15, "reports.tasks.sweep_facts"),
    "close months": every(3600, "reports.tasks.close_months"),
    "let overdue actions climb": every(900, "audits.tasks.sweep_overdue_actions"),
    "look whether auditors are independent": every(3600, "audits.tasks.recheck_independence"),
    "remind of the yearly review": daily(7, 50, "audits.tasks.remind_of_review"),
    "end maintenance windows": every(5, "incidents.tasks.sweep_windows"),
    **{f"heartbeat of {queue}": every(HEARTBEAT_S, "itsm.celery.heartbeat", queue=queue, args=(queue,)) for queue in QUEUES},
}
app.conf.beat_scheduler = "celery.beat:Scheduler"  # in memory: every entry sweeps what is owed, so no tick is worth keeping
app.conf.broker_transport_options = {"socket_connect_timeout": 3, "socket_timeout": 10, "socket_keepalive": True}


@app.task
def heartbeat(queue):
    """Leave word in the database that a worker takes tasks from this queue."""
    beat(queue)


@beat_init.connect
def beat_at_once(**_):
    """Do not let a new start wait for the first tick."""
    for queue in QUEUES:
        heartbeat.apply_async(args=(queue,), queue=queue, expires=HEARTBEAT_S * 6)


@worker_before_create_process.connect
def load_before_children(**_):
    """What every child needs is loaded once, before it is made, and never looked through for garbage again.

    So a child that died is there again, and at work, much sooner.
    """
    reverse("home")  # reads the table of addresses
    with contextlib.suppress(OSError):
        get_pdeathsig()  # loads a parser of C: every child sets that signal first of all
    gc.freeze()


class Reaper(bootsteps.StartStopStep):
    """Find dead children of the pool within a moment, and make new ones.

    Celery looks as soon as it sees a child's pipe close, which may be just before the child can be waited for; then it
    would look again after five seconds only, and give the child work meanwhile.
    """

    requires = ("celery.worker.components:Pool",)

    def register_with_event_loop(self, worker, hub):
        """Called with every new connection to the broker; an older connection's timers are gone then."""
        hub.call_repeatedly(REAP_S, worker.pool.maintain_pool)


app.steps["worker"].add(Reaper)
