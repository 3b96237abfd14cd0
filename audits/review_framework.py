"""What a management review looks at, as versioned data: keys, clauses and questions in our own words (clause 9.3)."""

import dataclasses
import functools
import tomllib

from audits import clauses, framework
from audits.framework import DATA, WORDS, Malformed

FILE = "review_inputs.toml"
ASKS = ("live", "words", "both")
FIRST = "former-actions"


@dataclasses.dataclass(frozen=True)
class Wanted:
    """One input of a review: where it comes from (`asks`), and the question in both languages."""

    key: str
    clause: str
    asks: str
    title: str
    title_en: str
    question: str
    question_en: str

    def label(self):
        """The title in the reader's language."""
        return self.title_en if framework.is_english() else self.title

    def asked(self):
        """The question in the reader's language."""
        return self.question_en if framework.is_english() else self.question


@functools.cache
def inputs():
    """`{key: Wanted}` in the order of the meeting."""
    return read(DATA)


def read(folder):
    """The inputs of a folder's file. Raises Malformed when they do not fit together."""
    found = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    try:
        known = {key: Wanted(key=key, **told) for key, told in found["inputs"].items()}
        year = found["edition"]["year"]
    except (KeyError, TypeError) as error:
        raise Malformed(f"{FILE} lacks something, or says too much: {error}") from error
    _check(known, year)
    return known


def _check(known, year):
    if year != framework.edition().year:
        raise Malformed(f"{FILE} is about the edition of {year}")
    if next(iter(known), None) != FIRST:
        raise Malformed("earlier decisions come first in a review")
    for wanted in known.values():
        if wanted.asks not in ASKS or not all(getattr(wanted, name).strip() for name in WORDS):
            raise Malformed(f"the input {wanted.key} lacks words, or where it comes from")
        if wanted.clause not in clauses.known():
            raise Malformed(f"the input {wanted.key} names a clause that is not there")
