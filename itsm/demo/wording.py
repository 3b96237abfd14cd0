"""What the demo's people write: situations with slots, chosen and filled by the incident's own reference. Pure, repeatable."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Case:
    """One incident in words: what was reported, and how it ended."""

    title: str
    description: str
    resolution: str


@cache
def texts(name):
    """The contents of one file of texts as a dict."""
    with (TEXTS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def situations(service, customer, grave):
    """Every `(title, description, resolution)` that may happen to a customer's service, in the customer's language."""
    language = texts("words")[customer]["language"]
    return tuple(
        tuple(situation[language])
        for situation in texts(service)["situation"]
        if language in situation and bool(situation.get("grave")) == grave and customer in situation.get("only", [customer])
    )


class Writer:
    """Writes everything about one incident in the customer's language; the same reference gives the same words."""

    def __init__(self, ref, *, customer, service, seen_at):
        """`seen_at` is the customer's local time of the trouble; `service` names a file of texts."""
        self._chance = Random(f"{customer}/{service}/{ref}")
        self._customer, self._service = customer, service
        self._language = texts("words")[customer]["language"]
        self._slots = self._drawn(seen_at)

    def case(self, grave, spare=()):
        """Title, description and resolution; `spare` titles are avoided while others are left."""
        known = situations(self._service, self._customer, grave)
        told = [self._filled(parts) for parts in known]
        fresh = [case for case in told if case.title not in spare]
        return self._chance.choice(fresh or told)

    def says(self, what):
        """One sentence of a kind everybody uses: accepted, ask, note, answer, not_solved, thanks, handover, …"""
        return self._fill(self._chance.choice(texts("words")[self._language][what]))

    def _filled(self, parts):
        return Case(*(self._fill(part) for part in parts))

    def _fill(self, text):
        """Fill the slots; an English sentence that begins with a slot begins with a capital."""
        filled = text.format_map(self._slots)
        return (
            filled[:1].upper() + filled[1:] if self._language == "en" and text.startswith(("{site", "{app", "{dept", "{user")) else filled
        )

    def _drawn(self, seen_at):
        chance, words = self._chance, texts("words")[self._customer]
        slots = {name: chance.choice(words[name]) for name in ("site", "app", "dept", "user", "isp")}
        number = f"{chance.randint(1, 12):02d}"
        return {
            **slots,
            "host": chance.choice(words["host"]).format(k=number),
            "db": chance.choice(words["db"]).format(k=f"{chance.randint(1, 6):02d}"),
            "n": chance.randint(2, 9),
            "m": chance.randint(20, 480),
            "big": chance.randint(120, 980) * 10,
            "pct": chance.randint(91, 98),
            "ip": f"10.{chance.randint(10, 60)}.{chance.randint(0, 40)}.{chance.randint(2, 250)}",
            "port": chance.choice([1433, 1521, 3306, 3389, 5432, 6379, 8080, 8443, 9092]),
            "t": f"{seen_at.hour}:{seen_at.minute:02d}",
        }
