"""Many decide about the same changes at once: every seat is decided exactly once, and all that follows from it happens once."""

import queue
import threading
import time
from collections import Counter
from pathlib import Path

from django.db import connection

from bench.changes import subjects
from changes import services
from changes.models import Choice
from itsm.core.errors import Refused
from itsm.people.models import Role

ASKED = (Role.OPS_LEAD, Role.TESTER)
JUDGED = Path(__file__).with_name("judged.sql")
FOUND = ("seats", "lost", "twice", "ended_wrong", "not_approved_once", "booked_wrong", "not_told_once")


def race(changes, decisions, together):
    """Let so many decisions be given on so many changes, that many at once; what came of it, as a dict."""
    made = subjects.submitted(changes)
    people = {role: subjects.holders(role) for role in ASKED}
    acts = queue.SimpleQueue()
    for change, number in ((change, number) for change in made for number in range(decisions // changes)):
        role = ASKED[number % len(ASKED)]
        acts.put((subjects.seats(change)[role], people[role][number // len(ASKED)]))
    connection.close()
    began = time.perf_counter()
    answers = _all_at_once(acts, together)
    found = {"changes": changes, "together": together, "seconds": time.perf_counter() - began, **judge([c.pk for c in made], answers)}
    return {**found, "is_exact": is_exact(found)}


def _all_at_once(acts, together):
    """The answers of that many threads, each with a connection of its own, which begin together and take one act after the other."""
    answers, start = [], threading.Barrier(together)
    threads = [threading.Thread(target=_work, args=(acts, answers, start), daemon=True) for _n in range(together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _work(acts, answers, start):
    connection.ensure_connection()
    start.wait()
    try:
        while True:
            seat, person = acts.get_nowait()
            answers.append(_decided(seat, person))
    except queue.Empty:
        pass
    finally:
        connection.close()


def _decided(seat, person):
    """ "decided", why it was refused, or the error that should not be."""
    try:
        services.decide(seat, by=person, choice=Choice.APPROVE, words="看过 Read")
    except Refused as refused:
        return f"refused: {refused.code}"
    except Exception as error:
        return f"error: {error!r}"
    return "decided"


def judge(changes, answers):
    """What the tables hold of these changes (ids), beside what the deciders were told."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGED.read_text(), {"changes": list(changes)})
        found = dict(zip(FOUND, cursor.fetchone(), strict=True))
    said = Counter(answers)
    errors = sum(count for answer, count in said.items() if answer.startswith("error"))
    return {**found, "decisions": len(answers), "winners": said["decided"], "errors": errors, "answers": dict(said)}


def is_exact(found):
    """Whether every seat was decided once and only once, everybody else was refused, and all that follows happened once."""
    wrong = sum(found[name] for name in FOUND[1:])
    return not wrong and not found["errors"] and found["winners"] == found["seats"]
