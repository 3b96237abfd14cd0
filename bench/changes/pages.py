"""The pages of changes through gunicorn, in turn, each checked for what it has to show."""

import random
import time
from collections import defaultdict
from dataclasses import dataclass

from bench.agent import Agent
from bench.people import AGENTS, MANAGER

DECIDER = "ops_lead0"
WARM_UP = 3
BARE = "bare page"


@dataclass(frozen=True)
class Page:
    """A page's name, who reads it, what it has to show, and its goal in milliseconds, if any."""

    name: str
    reader: str
    expected: bytes
    goal_ms: float | None = None


BARE_PAGE = Page(BARE, AGENTS[0], b"<main")
CALENDAR = Page("calendar of this month: {changes:,} changes", AGENTS[0], b"c-cal", 150)
AHEAD = Page("calendar of the next month: {changes:,} changes, all to come", AGENTS[0], b"c-cal", 150)
LIST = Page("list of changes", AGENTS[0], b'class="c-list')
AWAITING = Page("a change that waits for decisions", AGENTS[0], b'class="c-rec"')
CLOSED = Page("a closed change", AGENTS[0], b'class="c-rec"')
INBOX = Page("inbox of an operations lead", DECIDER, b"c-inbox")
FIGURES = Page("figures of three months", MANAGER, b'class="c-dash"')
PAGES = (BARE_PAGE, CALENDAR, AHEAD, LIST, AWAITING, CLOSED, INBOX, FIGURES)


def run(port, facts, rounds):
    """`{page: [seconds]}` of every page, that many times in turn; `facts` says which records there are (bench.changes.subjects.pages)."""
    agents = {name: Agent(port, name) for name in {page.reader for page in PAGES}}
    chance, taken = random.Random(7), defaultdict(list)
    for number in range(-WARM_UP, rounds):
        for page in PAGES:
            address = _address(page, facts, chance)
            began = time.perf_counter()
            agents[page.reader].get(address, page.expected)
            if number >= 0:
                taken[page].append(time.perf_counter() - began)
    return dict(taken)


def _address(page, facts, chance):
    numbers, (this, following) = facts["numbers"], facts["months"]
    addresses = {
        BARE_PAGE: "/bench/bare/", LIST: "/changes/", INBOX: "/changes/inbox/", FIGURES: "/changes/figures/",
        CALENDAR: f"/changes/calendar/?day={this['day']}", AHEAD: f"/changes/calendar/?day={following['day']}",
    }  # fmt: skip
    status = {AWAITING: "awaiting", CLOSED: "closed"}.get(page)
    return f"/changes/CHG-{chance.choice(numbers[status]):06d}/" if status else addresses[page]


def named(page, facts):
    """A page's name with what it shows."""
    month = {CALENDAR: 0, AHEAD: 1}.get(page)
    return page.name.format(**facts["months"][month]) if month is not None else page.name
