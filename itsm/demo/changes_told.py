"""The changes of the demo company, as told in changes.toml. Pure data; `changes` plays them."""

import dataclasses
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

EPOCH = datetime.fromtimestamp(0, UTC)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
DURATIONS = ("ago", "ahead", "length", "wait")


@dataclasses.dataclass(frozen=True)
class Told:
    """One change. `ago`: when it was asked for; `ahead`: from then to its window; `wait`: how long each decider took.

    `ends`: its result, "rejected", or "" when it is still open; `ending`: words to that; `leaves`: {item code: details} that it changed;
    `release`: the release that it went out with.
    """

    title: str
    reason: str
    ago: timedelta
    category: str = "infrastructure"
    kind: str = "normal"
    risk: str = "low"
    asker: str = "chen.ke"
    doer: str = "xu.an"
    plan: tuple = ()
    back_out: str = "恢复变更前的快照，约 10 分钟。"
    tests: str = "测试环境演练两次，均通过。"
    benefit: str = ""
    impact: str = ""
    interrupts: bool = False
    services: tuple = ()
    items: tuple = ()
    customers: tuple = ()
    ahead: timedelta = timedelta(days=6)
    length: timedelta = timedelta(hours=2)
    wait: timedelta = timedelta(minutes=40)
    only: tuple = ()
    ends: str = ""
    ending: str = ""
    leaves: dict = dataclasses.field(default_factory=dict)
    model: bool = False
    unassessed: bool = False
    release: str = ""

    def starts_at(self, at):
        """The window's begin: on a half hour, of a short run-up on five minutes."""
        round_to = timedelta(minutes=5 if self.ahead % timedelta(days=1) else 30)
        return at + self.ahead + (EPOCH - at - self.ahead) % round_to


def _read(row, plans):
    spans = {name: timedelta(**{UNITS[row[name][-1]]: int(row[name][:-1])}) for name in DURATIONS if name in row}
    plan = row.get("plan", ())
    return Told(**{**row, **spans, "plan": plans[plan] if isinstance(plan, str) else plan})


_TOLD = tomllib.loads((Path(__file__).parent / "changes.toml").read_text(encoding="utf-8"))
MODEL = _TOLD["model"]
PAST = [_read(row, _TOLD["plans"]) for row in _TOLD["past"]]
TODAY = {name: _read(row, _TOLD["plans"]) for name, row in _TOLD["today"].items()}
RELEASES, TRANSITIONS = _TOLD["releases"], _TOLD["transitions"]
