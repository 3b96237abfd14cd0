"""The alarm clock rings for tasks that exist, and no tick outlives the next one."""

from itsm.celery import app
from itsm.heartbeat import QUEUES

SCHEDULE = app.conf.beat_schedule


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_every_tick_expires_and_goes_to_a_queue_that_somebody_serves():
    for name, entry in SCHEDULE.items():
        assert entry["options"]["expires"] >= 1, name
        assert entry["options"]["queue"] in QUEUES, name


def test_clocks_are_swept_every_second_on_their_own_queue():
    entry = SCHEDULE["sweep clocks"]
    assert (entry["schedule"], entry["options"]) == (1.0, {"queue": "timers", "expires": 1})
