"""Who works during a run: agents with a browser without eyes, and a program with a token. One connection each, kept open."""

import http.client
import json
import re
import time
import uuid
from urllib.parse import urlencode

from bench.people import PASSWORD

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
TIMEOUT_S = 60


class Failed(Exception):
    """An answer that is not what the act should give; a wrong page must never pass for a fast one."""


class Line:
    """A connection with its cookies."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self.cookies = {}

    def ask(self, method, path, body=None, headers=None):
        """One request: `(status, body, where it leads)`."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        try:
            answer = self._asked(method, path, body, cookies | (headers or {}))
        except (http.client.RemoteDisconnected, ConnectionError):  # the server lets go of quiet connections; browsers try again too
            self.connection.close()
            answer = self._asked(method, path, body, cookies | (headers or {}))
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content, answer.headers.get("Location")

    def _asked(self, method, path, body, headers):
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()


class Agent(Line):
    """Somebody signed in, who gets and posts pages and follows where they lead."""

    def __init__(self, port, username):
        super().__init__(port)
        self.username = username
        self.post("/accounts/login/", self.get("/accounts/login/"), {"login": username, "password": PASSWORD}, b'data-person="')

    def get(self, path, expected=b""):
        """The page's bytes. Raises Failed unless it is a 200 that holds `expected`."""
        status, body, _location = self.ask("GET", path)
        if status != 200 or expected not in body:
            raise Failed(f"GET {path} as {self.username}: {status} without {expected!r}: {body[:3000].decode(errors='replace')}")
        return body

    def post(self, path, page, fields, expected=b""):
        """Post a form with the token of the page it stood on; the page it leads to. Raises Failed when it leads nowhere."""
        token = TOKEN.search(page)[1].decode()
        body = urlencode({"csrfmiddlewaretoken": token, "request_key": uuid.uuid4().hex, **fields})
        status, answer, location = self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        if status != 302:
            raise Failed(f"POST {path} as {self.username}: {status} {answer[:3000].decode(errors='replace')}")
        return self.get(location, expected)


class Program(Line):
    """A program that uses the API with somebody's token."""

    def __init__(self, port, token):
        super().__init__(port)
        self.token = token

    def create(self, path, details):
        """Post JSON with a new key. Raises Failed unless it is a 201."""
        headers = {"Content-Type": "application/json", "Authorization": f"Token {self.token}", "Idempotency-Key": uuid.uuid4().hex}
        status, answer, _location = self.ask("POST", path, json.dumps(details), headers)
        if status != 201:
            raise Failed(f"POST {path}: {status} {answer[:1000]!r}")


def in_turn(acts, rounds, warm_up=3):
    """`{name: [seconds]}` of acts that are done one after another, so many rounds."""
    taken = {name: [] for name in acts}
    for number in range(-warm_up, rounds):
        for name, act in acts.items():
            began = time.perf_counter()
            act()
            if number >= 0:
                taken[name].append(time.perf_counter() - began)
    return taken
