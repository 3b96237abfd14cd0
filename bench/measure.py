"""Do every act many times, in turn, and keep how long each took."""

import contextlib
import random
import threading
import time
from collections import defaultdict

import psycopg2

from bench.acts import ACTS, BARE, Desk
from bench.agent import Agent, Program
from bench.people import AGENTS, MANAGER
from bench.plain import Plain

OPEN = "SELECT number FROM incidents_incident WHERE status IN ('assigned', 'in_progress') ORDER BY number DESC LIMIT 3000"
CUSTOMERS = """
    SELECT o.id, o.code, p.id, p.username FROM people_organisation o JOIN people_person p ON p.organisation_id = o.id
    WHERE o.kind = 'customer'
"""
SERVICES = "SELECT id, code FROM catalog_service"
TOKEN = "SELECT key FROM authtoken_token t JOIN people_person p ON p.id = t.user_id WHERE p.username = %s"
WARM_UP = 5


def run(port, database_url, agents, rounds):
    """`{act: [seconds]}` of that many agents who each do every act that many times, everything in turn."""
    with contextlib.closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        desks = [desk(port, cursor, username, seed) for seed, username in enumerate(AGENTS[:agents])]
    taken, failures = defaultdict(list), []
    start = threading.Barrier(len(desks))
    threads = [threading.Thread(target=_work, args=(each, rounds, start, taken, failures), daemon=True) for each in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return dict(taken)


def desk(port, cursor, username, seed):
    """An agent signed in, with what the database knows."""
    facts = []
    for question, values in ((TOKEN, [username]), (OPEN, None), (CUSTOMERS, None), (SERVICES, None)):
        cursor.execute(question, values)
        facts.append(cursor.fetchall())
    ((token,),), tickets, customers, services = facts
    numbers = [number for (number,) in tickets]
    agent, manager, program = Agent(port, username), Agent(port, MANAGER), Program(port, token)
    return Desk(agent, manager, program, numbers, customers, services, random.Random(seed))


def _work(desk, rounds, start, taken, failures):
    """Every act in turn, each agent beginning elsewhere; the first rounds warm up and do not count."""
    acts = [BARE, *ACTS]
    offset = desk.chance.randrange(len(acts))
    try:
        start.wait()
        for number in range(-WARM_UP, rounds):
            for act in acts[offset:] + acts[:offset]:
                before = act.before(desk)
                began = time.perf_counter()
                act.do(desk, before)
                if number >= 0:
                    taken[act].append(time.perf_counter() - began)
    except Exception as failure:
        failures.append(failure)


def run_plain(database_url, rounds):
    """`{act: [seconds]}` of the same rows read and written in plain SQL by one connection."""
    with contextlib.closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        plain = Plain(connection)
        taken = defaultdict(list)
        for number in range(-WARM_UP, rounds):
            for act in (BARE, *ACTS):
                began = time.perf_counter()
                plain.does[act.do.__name__]()
                if number >= 0:
                    taken[act].append(time.perf_counter() - began)
    return dict(taken)
