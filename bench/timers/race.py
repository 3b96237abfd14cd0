"""People who stop clocks while the sweep is about to break them: who was first has to be the verdict, to the microsecond."""

import subprocess
import sys
import time
from dataclasses import dataclass

from bench.timers import verdict, wave
from bench.timers.crew import product
from itsm.embedded.processes import end, free_port
from itsm.environment import ROOT

PEOPLE = 2
A_SECOND = 60
"""How many stops a second two people bring about on two cores without falling behind."""
PATIENCE_S = 120
VERDICTS = f"""
    SELECT count(*) FILTER (WHERE stop IS NULL), count(*) FILTER (WHERE stop <= due), count(*) FILTER (WHERE stop > due),
           count(*) FILTER (WHERE stop <= due AND (outcome <> 'met' OR breaches + fires > 0)),
           count(*) FILTER (WHERE stop > due AND (outcome <> 'breached' OR breaches <> 1 OR fires <> 1 OR breached_at <> due)),
           count(*) FILTER (WHERE stop > due AND noticed_by_sweep), count(*) FILTER (WHERE abs(extract(epoch FROM stop - due)) <= 0.05)
    FROM (
      SELECT c.outcome, c.breached_at, c.contacted_at + make_interval(secs => c.target_s) AS due,
             (SELECT min(e.effective_at) FROM sla_clockevent e WHERE e.clock_id = c.id AND e.kind = 'stop') AS stop,
             (SELECT count(*) FROM sla_clockevent e WHERE e.clock_id = c.id AND e.kind = 'breach') AS breaches,
             (SELECT count(*) FROM sla_clockfire f WHERE f.clock_id = c.id AND f.step = '100') AS fires,
             EXISTS (SELECT 1 FROM sla_clockevent e JOIN sla_clockevent s ON s.clock_id = e.clock_id AND s.kind = 'stop'
                     WHERE e.clock_id = c.id AND e.kind = 'breach' AND e.recorded_at < s.recorded_at) AS noticed_by_sweep
      FROM ({verdict.CLOCKS}) c
    ) r
"""


@dataclass(frozen=True)
class Race:
    """How a race ended: stops in time, stops too late, and verdicts that differ from who was first."""

    stops: int
    never: int
    in_time: int
    late: int
    false_breaches: int
    missed_breaches: int
    by_sweep: int
    close: int
    drifted: int

    @property
    def is_exact(self):
        """Every verdict is that of the instants, and every log gives its clock."""
        return not (self.never or self.false_breaches or self.missed_breaches or self.drifted)

    def __str__(self):
        return (
            f"{self.stops:,} stops: {self.in_time:,} in time, {self.late:,} late ({self.by_sweep:,} of them broken by the sweep before), "
            f"{self.close:,} within 50 ms of the due time; false breaches {self.false_breaches}, missed {self.missed_breaches}, "
            f"never stopped {self.never}, drifted {self.drifted}"
        )


def run(crew, stops, say):
    """Let people stop that many clocks, each around its due time, while timers and beat work; the Race."""
    lasts = max(1.0, stops / A_SECOND)
    people = [_person(crew, part) for part in range(PEOPLE)]
    try:
        for person in people:
            person.stdout.readline()
        loaded = wave.load(crew, stops, say, steps=1, spread=lasts)
        for person in people:
            _tell(person, loaded)
        _wait(crew, people, loaded.due_at.timestamp() + lasts, say)
    finally:
        for person in people:
            end(person)
    time.sleep(wave.SETTLED_S)
    found = verdict.row(crew.database_url, VERDICTS, loaded)
    return Race(stops, *found, drifted=product(crew.stack, crew.database_url, "drift", loaded.first, loaded.last))


def _wait(crew, people, over_at, say):
    """Until everybody has stopped their clocks, or two minutes too late."""
    told = time.time()
    while any(person.poll() is None for person in people) and time.time() < over_at + PATIENCE_S:
        crew.revive(say)
        if time.time() > told + wave.TOLD_EVERY_S:
            told = time.time()
            say(f"the race goes on for about {max(0, over_at - told):.0f} s more")
        time.sleep(0.1)


def _person(crew, part):
    """Somebody ready to stop clocks: the process says so, and waits to be told which."""
    words = [sys.executable, "manage.py", "bench_clocks", "stop", str(part), str(PEOPLE)]
    variables = crew.stack.variables(crew.database_url, free_port())
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    return subprocess.Popen(words, cwd=ROOT, env=variables, **pipes)


def _tell(person, loaded):
    print(loaded.first, loaded.last, file=person.stdin, flush=True)
