"""The verbs of incidents behind both of their doors, the pages and the API."""

import dataclasses
from collections.abc import Callable

from rest_framework.authtoken.models import Token


@dataclasses.dataclass(frozen=True)
class Verb:
    """One verb: where it starts, who does it, who may not, what it is told, and when it is refused."""

    name: str
    page: str
    api: str
    stands: str
    by: str
    denied: str
    refused_in: str
    says: str
    data: Callable = lambda cast: {}
    malformed: tuple = ()
    after: str = ""

    def __str__(self):
        return self.name


def _reassigned(cast):
    return {"assignee": cast["other_engineer"], "reason": "knows it"}


VERBS = [
    Verb(
        "accept",
        "accept",
        "accept",
        "assigned",
        "engineer",
        "other_engineer",
        "resolved",
        "not possible while this is Resolved",
        after="in_progress",
    ),
    Verb(
        "reply",
        "say",
        "reply",
        "assigned",
        "engineer",
        "auditor",
        "closed",
        "This incident is closed",
        lambda c: {"body": "We look."},
        ("body",),
    ),
    Verb("note", "say", "note", "assigned", "auditor", "", "", "", lambda c: {"body": "Seen before."}, ("body",)),
    Verb(
        "wait",
        "wait",
        "wait",
        "assigned",
        "engineer",
        "other_engineer",
        "resolved",
        "not possible while this is Resolved",
        lambda c: {"reason": "waiting_customer_info", "body": "Which browser?"},
        ("reason", "body"),
        "waiting",
    ),
    Verb(
        "resume",
        "resume",
        "resume",
        "waiting",
        "engineer",
        "auditor",
        "assigned",
        "not possible while this is Assigned",
        after="in_progress",
    ),
    Verb(
        "reassign",
        "reassign",
        "reassign",
        "assigned",
        "agent",
        "auditor",
        "closed",
        "not possible while this is Closed",
        _reassigned,
        ("assignee", "reason"),
    ),
    Verb(
        "resolve",
        "resolve",
        "resolve",
        "assigned",
        "engineer",
        "other_engineer",
        "new",
        "not possible while this is New",
        lambda c: {"resolution": "Enlarged.", "resolution_code": "fixed"},
        ("resolution", "resolution_code"),
        "resolved",
    ),
    Verb(
        "reopen",
        "reopen",
        "reopen",
        "resolved",
        "agent",
        "auditor",
        "assigned",
        "not possible while this is Assigned",
        lambda c: {"reason": "It came back."},
        ("reason",),
        "in_progress",
    ),
    Verb(
        "reprioritise",
        "reprioritise",
        "reprioritise",
        "assigned",
        "agent",
        "auditor",
        "resolved",
        "not possible while this is Resolved",
        lambda c: {"impact": 1, "urgency": 2, "reason": "More people.", "why": "misclassified", "breach_accepted": True},
        ("impact", "urgency", "reason"),
    ),
    Verb(
        "reclassify",
        "reclassify",
        "reclassify",
        "assigned",
        "agent",
        "auditor",
        "resolved",
        "not possible while this is Resolved",
        lambda c: {"service": c["other_service"], "reason": "It is the other one."},
        ("service", "reason"),
    ),
    Verb(
        "transfer",
        "transfer",
        "transfer",
        "assigned",
        "agent",
        "auditor",
        "waiting",
        "not possible while this is Pending",
        lambda c: {"team": c["other_team"], "reason": "It is theirs."},
        ("team", "reason"),
        "new",
    ),
    Verb(
        "ask_supplier",
        "ask-supplier",
        "ask-supplier",
        "assigned",
        "engineer",
        "auditor",
        "asked",
        "has not answered yet",
        lambda c: {"supplier": c["supplier"], "words": "Is the line up?"},
        ("supplier", "words"),
    ),
    Verb(
        "supplier_answered",
        "supplier-answered",
        "supplier-answered",
        "asked",
        "engineer",
        "auditor",
        "assigned",
        "No supplier was asked",
        lambda c: {"words": "It is up."},
    ),
    Verb(
        "confirm_by_phone",
        "call",
        "confirm-by-phone",
        "resolved",
        "agent",
        "auditor",
        "assigned",
        "Propose a solution first",
        lambda c: {"note": "It works, she says."},
        ("note",),
    ),
    Verb(
        "check_call",
        "check-call",
        "check-call",
        "called",
        "engineer",
        "auditor",
        "resolved",
        "No confirmation by phone waits",
        lambda c: {"accepted": True, "remark": "Heard it."},
        ("accepted",),
        "closed",
    ),
]


class PageDoor:
    """The pages: forms, sessions, sentences in HTML."""

    name, malformed, done = "page", 422, 302

    def __init__(self, client):
        self.client = client

    def enter(self, person):
        if person is None:
            self.client.logout()
        else:
            self.client.force_login(person, backend="itsm.people.backends.SignInBackend")

    def url(self, verb, number):
        return f"/incidents/{number}/{verb.page}/"

    def act(self, verb, number, data, key=""):
        fields = {name: self.field(value) for name, value in data.items()}
        kind = {"kind": verb.name} if verb.page == "say" else {}
        return self.client.post(self.url(verb, number), {**fields, **kind, "request_key": key})

    def log(self, data, key=""):
        return self.client.post("/incidents/log/", {name: self.field(value) for name, value in data.items()} | {"request_key": key})

    @staticmethod
    def field(value):
        """What a form sends for a value."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return getattr(value, "pk", value)

    @staticmethod
    def sentence(response):
        return response.content.decode()


class ApiDoor:
    """The API: JSON, tokens, sentences in `detail`."""

    name, malformed, done = "api", 400, 200

    def __init__(self, client):
        self.client, self.headers = client, {}

    def enter(self, person):
        self.headers = {} if person is None else {"Authorization": f"Token {Token.objects.get_or_create(user=person)[0].key}"}

    def url(self, verb, number):
        return f"/api/v1/incidents/{number}/{verb.api}/"

    def act(self, verb, number, data, key=""):
        return self.post(self.url(verb, number), data, key)

    def log(self, data, key=""):
        return self.post("/api/v1/incidents/", data, key)

    def post(self, url, data, key=""):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        body = {name: self.field(value) for name, value in data.items()}
        return self.client.post(url, body, content_type="application/json", headers=headers)

    @staticmethod
    def field(value):
        """How the API names a value: people by user name, everything else by its code."""
        return next((named for key in ("username", "code", "name") if (named := getattr(value, key, None))), value)

    @staticmethod
    def sentence(response):
        return response.json()["detail"]
