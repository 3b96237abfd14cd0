"""The framework as versioned data: clauses of ISO/IEC 20000-1 by number with our own words, and processes mapped to them.

The standard's text is copyrighted and not here; titles and questions are ours.
"""

import dataclasses
import functools
import tomllib
from pathlib import Path

from django.utils.translation import get_language

DATA = Path(__file__).parent / "data"
WORDS = ("title", "title_en", "question", "question_en")


class Malformed(ValueError):
    """A file of the framework says something that does not fit together."""


@dataclasses.dataclass(frozen=True)
class Clause:
    """A clause of the edition in force: number, our own title and question in both languages, and the processes that live there."""

    number: str
    title: str
    title_en: str
    question: str
    question_en: str

    def label(self):
        """The title in the reader's language."""
        return self.title_en if is_english() else self.title

    def asks(self):
        """The question in the reader's language."""
        return self.question_en if is_english() else self.question

    @property
    def place(self):
        """Sorts clauses as they are numbered."""
        return clause_place(self.number)


@dataclasses.dataclass(frozen=True)
class Process:
    """A process: one of the thirteen that companies list, or one that such lists leave out (`listed` False).

    `clauses` are those of the edition in force, `former` that of 2011; `note` says what is odd about it.
    """

    code: str
    name: str
    name_en: str
    clauses: tuple
    listed: bool
    critical: bool
    former: str = ""
    note: str = ""
    note_en: str = ""

    def label(self):
        """The name in the reader's language."""
        return self.name_en if is_english() else self.name

    def remark(self):
        """The note in the reader's language."""
        return self.note_en if is_english() else self.note


@dataclasses.dataclass(frozen=True)
class Edition:
    """Which edition the files describe."""

    standard: str
    year: int
    revision: int


def clause_place(number):
    """A key that sorts clause numbers: 8.2.10 after 8.2.9."""
    return tuple(int(part) for part in number.split("."))


def edition():
    """The Edition in force."""
    return _loaded()[0]


def clauses():
    """`{number: Clause}` in the order of the standard."""
    return _loaded()[1]


def processes():
    """`{code: Process}`: the thirteen in the order of companies' lists, then those that such lists leave out."""
    return _loaded()[2]


def of_clause(number):
    """The processes that live in a clause, in it or below it."""
    return [process for process in processes().values() if any(c == number or c.startswith(f"{number}.") for c in process.clauses)]


def is_english():
    """Whether the reader reads English; everybody else gets the company's language."""
    return (get_language() or "").startswith("en")


@functools.cache
def _loaded():
    return read(DATA)


def read(folder):
    """`(Edition, clauses, processes)` of a folder's files. Raises Malformed when they do not fit together."""
    found = tomllib.loads((folder / "clauses.toml").read_text(encoding="utf-8"))
    listed = tomllib.loads((folder / "processes.toml").read_text(encoding="utf-8"))
    try:
        stated = Edition(**found["edition"])
        clauses = {number: Clause(number, **words) for number, words in found["clauses"].items()}
        known = {code: Process(code=code, **{**told, "clauses": tuple(told["clauses"])}) for code, told in listed["processes"].items()}
    except (KeyError, TypeError) as error:
        raise Malformed(f"a file of the framework lacks something, or says too much: {error}") from error
    _check(clauses, known, listed.get("edition", {}).get("year"), stated)
    return stated, dict(sorted(clauses.items(), key=lambda pair: pair[1].place)), known


def _check(clauses, known, mapped_year, stated):
    if mapped_year != stated.year:
        raise Malformed(f"the processes are mapped to the edition of {mapped_year}, the clauses are those of {stated.year}")
    if blank := [c.number for c in clauses.values() if not all(getattr(c, name).strip() for name in WORDS)]:
        raise Malformed(f"clauses without a title or question: {', '.join(blank)}")
    lost = {c for process in known.values() for c in process.clauses} - clauses.keys()
    if lost:
        raise Malformed(f"processes name clauses that are not there: {', '.join(sorted(lost))}")
    if empty := [process.code for process in known.values() if not process.clauses]:
        raise Malformed(f"processes without a clause: {', '.join(empty)}")
