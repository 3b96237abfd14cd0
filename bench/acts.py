"""What agents do all day. An act is timed as a whole, with the pages it leads over; what comes before it is not."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.agent import Agent, Program

ROW = b'class="c-row"'
RECORD = b'class="c-rec"'


@dataclass
class Desk:
    """One agent with what they know: open tickets, customers with a contact, services."""

    agent: Agent
    manager: Agent
    program: Program
    tickets: list
    customers: list
    services: list
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def ticket(self):
        """The address of some open ticket."""
        return f"/incidents/INC-{self.chance.choice(self.tickets):06d}/"

    def caller(self):
        """`(customer id, customer code, contact id, contact's user name, service id, service code)`."""
        return (*self.chance.choice(self.customers), *self.chance.choice(self.services))


def report():
    """Title and description of something that nobody reported before."""
    title = f"Checkout fails {uuid.uuid4().hex[:6]}"
    return title, f"{title}。今天上午开始，大约三成的请求受到影响，已经重启过服务但没有改善。"


def bare(desk, _before):
    desk.agent.get("/bench/bare/", b"<main")


def log(desk, _before):
    """The form's page, the form, the page of the new ticket."""
    page = desk.agent.get("/incidents/log/", b"request_key")
    customer, _code, contact, _name, service, _service_code = desk.caller()
    title, description = report()
    fields = {"channel": "phone", "customer": customer, "contact": contact, "service": service, "impact": 2, "urgency": 2}
    desk.agent.post("/incidents/log/", page, {**fields, "title": title, "description": description}, title.encode())


def queue(desk, _before):
    desk.agent.get("/incidents/", ROW)


def ticket(desk, _before):
    desk.agent.get(desk.ticket(), RECORD)


def search_english(desk, _before):
    desk.agent.get("/search/?q=zanzibar", ROW)


def search_chinese(desk, _before):
    desk.agent.get("/search/?q=%E9%B2%B8%E9%B1%BC", ROW)


def open_ticket(desk):
    """A ticket's page, on which the reply is written."""
    path = desk.ticket()
    return path, desk.agent.get(path, RECORD)


def reply(desk, before):
    """The reply, and the page it leads to."""
    path, page = before
    words = f"Restarted, please try again {uuid.uuid4().hex[:6]}"
    desk.agent.post(f"{path}say/", page, {"kind": "reply", "body": words}, words.encode())


def home(desk, _before):
    desk.agent.get("/", b'class="c-dash"')


def home_of_manager(desk, _before):
    desk.manager.get("/", b'class="c-dash"')


def create_by_api(desk, _before):
    _customer, customer, _contact, contact, _service, service = desk.caller()
    title, description = report()
    details = {"customer": customer, "contact": contact, "service": service, "title": title, "description": description}
    desk.program.create("/api/v1/incidents/", {**details, "impact": 2, "urgency": 2})


@dataclass(frozen=True)
class Act:
    """A name, how to do it, and the goal in bare pages at 100,000 incidents and one agent (None: it is the measure itself)."""

    name: str
    do: Callable
    goal: float | None
    before: Callable = lambda desk: None


BARE = Act("bare page", bare, None)
ACTS = (
    Act("log an incident (form, post, landing page)", log, 10),
    Act("queue", queue, 7),
    Act("ticket", ticket, 4),
    Act("search, English", search_english, 5),
    Act("search, Chinese", search_chinese, 5),
    Act("reply (post, landing page)", reply, 7, open_ticket),
    Act("home, agent", home, 7),
    Act("home, service manager", home_of_manager, 7),
    Act("create by API", create_by_api, 4),
)
