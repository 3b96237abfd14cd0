"""Asking the product how it is, the way an outsider does: over HTTP, without a proxy."""

import contextlib
import json
import time
import urllib.error
import urllib.request

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait_until_alive(process, address, patience, pause=0.03):
    """Until `address`/healthz answers: None, or why it never will: the process ended, or `patience` seconds have passed."""
    deadline = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError):
            DIRECT.open(f"{address}/healthz", timeout=5).read()
            return None
        if process.poll() is not None:
            return "The web server ended while starting; its message stands above."
        if time.monotonic() > deadline:
            return f"The web server did not answer within {patience:.0f} seconds."
        time.sleep(pause)


def failed_checks(port):
    """The checks that /readyz names as failed; None where nobody answers."""
    try:
        answer = DIRECT.open(f"http://127.0.0.1:{port}/readyz", timeout=10)
    except urllib.error.HTTPError as refused:
        answer = refused
    except OSError:
        return None
    return json.load(answer)["failed"]
