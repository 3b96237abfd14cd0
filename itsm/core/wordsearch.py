"""Search by words in Chinese and English: words plus pairs of Chinese characters in one text-search vector."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, Value

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[{CJK}]+")


def indexed(text):
    """Text as the index stores it: every run of Chinese characters as its overlapping pairs."""
    return _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", text)


def _pairs(run):
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def vector(*texts):
    """The value of a `SearchVectorField` that holds these texts."""
    return SearchVector(Value(indexed(" ".join(texts))), config="simple")


def query(words):
    """The text-search query for what a person typed, or None when it holds no word.

    Every blank-separated piece must occur; a piece in Chinese as a phrase; a single Chinese character as the
    first of a pair.
    """
    pieces = [piece for piece in words.split() if re.search(r"\w", piece)]
    found = None
    for piece in pieces:
        one = _single(piece) if re.fullmatch(f"[{CJK}]", piece) else SearchQuery(indexed(piece), config="simple", search_type="phrase")
        found = one if found is None else found & one
    return found


def _single(character):
    return SearchQuery(f"{character}:*", config="simple", search_type="raw")


FEW = 2_000


def holding(texts, words):
    """The condition for records whose words stand in `texts` (rows that share their records' keys) and match a `query()`.

    One query more, and short however many there are. What few records hold is looked up in the index first; left alone, the
    database would rather read all records, newest first, until it has a page of them, which is right for common words only.
    """
    keys = texts.filter(words=words).order_by()
    few = list(keys.values_list("pk", flat=True)[: FEW + 1])
    return Q(pk__in=few if len(few) <= FEW else keys.values("pk"))
