"""The alarm clock rings for tasks that exist, and no tick outlives the next one."""

from types import SimpleNamespace

from itsm.celery import REAP_S, Reaper, app
from itsm.embedded.children import TIMERS
from itsm.environment import ROOT
from itsm.heartbeat import QUEUES

SCHEDULE = app.conf.beat_schedule


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_every_tick_expires_and_goes_to_a_queue_that_somebody_serves():
    for name, entry in SCHEDULE.items():
        assert entry["options"]["expires"] >= 1, name
        assert entry["options"]["queue"] in QUEUES, name


def test_clocks_are_swept_every_second_on_their_own_queue_by_every_child_at_once():
    sweeps = [entry for entry in SCHEDULE.values() if entry["task"] == "sla.tasks.sweep_clocks"]
    assert {entry["schedule"] for entry in sweeps} == {1.0}
    assert all(entry["options"] == {"queue": "timers", "expires": 1} for entry in sweeps)
    assert str(len(sweeps)) == TIMERS[TIMERS.index("--concurrency") + 1]


def test_the_containers_worker_of_the_clocks_is_started_with_the_same_words():
    words = ", ".join(f'"{word}"' for word in TIMERS)
    assert f'"timers@%h", {words},' in (ROOT / "docker-compose.yml").read_text()


def test_dead_children_are_looked_for_all_the_time():
    looked = []
    worker = SimpleNamespace(pool=SimpleNamespace(maintain_pool="look"))
    Reaper(worker).register_with_event_loop(worker, SimpleNamespace(call_repeatedly=lambda *told: looked.append(told)))
    assert looked == [(REAP_S, "look")]
    assert Reaper in app.steps["worker"]
