"""Which records a person reads out of many: by rule and a stored seed, so that anybody can draw the same again (domain: sampling).

Pure: no database, no clock, no chance. A population is a list of Rows; a sample follows from it and the seed alone:

1. Size by the table below, but never fewer than there are strata and never more than there are records.
2. Strata are process × post. Each gets one record; the rest go in proportion to what is left of each, by largest remainder,
   and where remainders are equal to the stratum whose name comes first.
3. Within a stratum of N records sorted by priority, month and id, the m chosen ones stand at (offset + i·N) div m for i = 0 … m-1,
   where offset = SHA-256("seed|process|post") as a whole number, modulo N.
4. Of a class that is always read whole come all records besides, up to 50; of a larger one those that fail and, by the same rule with
   "always" and the name of the class in the place of process and post, as many as the table says.
"""

import hashlib
import json
import zlib
from collections import defaultdict
from datetime import UTC, date
from typing import NamedTuple

ALL_OF = 10
SIZES = ((50, 8), (150, 13), (500, 20))
LARGEST = 25
READ_WHOLE = 50
"""Up to so many records of a class a human reads them all."""


class Row(NamedTuple):
    """One record of a population: its id, the hash of what it said, what the sample is spread over, and where it belongs to a class
    that is always read whole, which, and whether a rule finds fault with it.
    """

    key: int
    digest: str
    process: str = ""
    post: str = ""
    priority: str = ""
    month: str = ""
    sort: str = ""
    fails: bool = False

    @property
    def stratum(self):
        return (self.process, self.post)


class Share(NamedTuple):
    """One stratum: how many records it has, and how many of them were chosen."""

    process: str
    post: str
    population: int
    chosen: int


class Sample(NamedTuple):
    """What was drawn: the ids in the order of their strata, and everything that lets somebody draw it again."""

    keys: tuple
    shares: tuple
    seed: int
    population: int
    digest: str

    @property
    def is_empty(self):
        """Whether there was nothing to test, which is never the same as everything being right."""
        return not self.population


def size(population):
    """How many of so many records a person reads."""
    if population <= ALL_OF:
        return population
    return next((chosen for most, chosen in SIZES if population <= most), LARGEST)


def _plain(value):
    return value.isoformat() if isinstance(value, date) else str(value)


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def canonical(facts):
    """Plain facts as the one text that is hashed: JSON in UTF-8, keys in order, no spaces, instants and days as ISO 8601."""
    return _encoder.encode(facts)


def digest(facts):
    """SHA-256 of plain facts, in hexadecimal."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def _in_utc(value):
    """An instant in UTC as PostgreSQL writes it in JSON: no zone, no zeros at the end of a fraction."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.rstrip("0") if value.microsecond else text


def fact_hash(values):
    """SHA-256 of a record's facts as one JSON array in UTF-8, ", " between them: what the database computes for a whole population."""
    return hashlib.sha256(json.dumps(list(values), ensure_ascii=False, default=_in_utc).encode()).hexdigest()


def population_digest(rows):
    """SHA-256 over one line "id hash" for each record, by id. Raises ValueError when an id comes twice."""
    pairs = sorted((row.key, row.digest) for row in rows)
    if len({key for key, _digest in pairs}) < len(pairs):
        raise ValueError("a record stands in the population twice")
    return hashlib.sha256("\n".join(f"{key} {text}" for key, text in pairs).encode()).hexdigest()


def packed(rows):
    """A population as it is kept: one line a record, its fields between tabs, compressed."""
    lines = (f"{r.key}\t{r.digest}\t{r.process}\t{r.post}\t{r.priority}\t{r.month}\t{r.sort}\t{'1' if r.fails else ''}" for r in rows)
    return zlib.compress("\n".join(lines).encode(), 1)


def unpacked(kept):
    """The Rows of a packed population."""
    lines = zlib.decompress(bytes(kept)).decode().split("\n")
    fields = (line.split("\t") for line in lines if line)
    return [Row(int(key), *words, fails == "1") for key, *words, fails in fields]


def seed_from(name, population):
    """A seed that nobody chose: from the name of what is sampled and the population's hash. Below two to the thirty-first."""
    return int(hashlib.sha256(f"{name}|{population}".encode()).hexdigest(), 16) % 2**31


def allot(counts, wanted):
    """How many of each stratum: `{stratum: chosen}` for `{stratum: how many records it has}`, none of them empty.

    One each, the rest in proportion by largest remainder; altogether min(N, max(wanted, number of strata)).
    """
    left = {stratum: count - 1 for stratum, count in counts.items()}
    total = sum(left.values())
    rest = min(total, max(0, wanted - len(counts)))
    if not rest:
        return dict.fromkeys(counts, 1)
    parts = {stratum: divmod(rest * count, total) for stratum, count in left.items()}
    over = rest - sum(whole for whole, _remainder in parts.values())
    first = set(sorted(parts, key=lambda stratum: (-parts[stratum][1], stratum))[:over])
    return {stratum: 1 + whole + (stratum in first) for stratum, (whole, _remainder) in parts.items()}


def draw(rows, seed, digest=None):
    """The Sample of a population under a seed, whatever the order of the rows; `digest`: its hash, where that is known already.

    Raises ValueError when an id comes twice.
    """
    rows = list(rows)
    strata = defaultdict(list)
    for row in rows:
        strata[row.stratum].append(row)
    chosen = allot({stratum: len(held) for stratum, held in strata.items()}, size(len(rows))) if rows else {}
    keys, shares = [], []
    for stratum in sorted(strata):
        held = _in_order(strata[stratum])
        keys += [held[place].key for place in _places(len(held), chosen[stratum], seed, stratum)]
        shares.append(Share(*stratum, len(held), chosen[stratum]))
    return Sample(tuple(keys), tuple(shares), seed, len(rows), digest or population_digest(rows))


def always(rows, seed):
    """`{id: class}` of the records that are read whatever was drawn, class by class, whatever the order of the rows."""
    held = defaultdict(list)
    for row in rows:
        if row.sort:
            held[row.sort].append(row)
    return {row.key: sort for sort in sorted(held) for row in _read_of(_in_order(held[sort]), seed, sort)}


def _read_of(held, seed, sort):
    if len(held) <= READ_WHOLE:
        return held
    spread = set(_places(len(held), size(len(held)), seed, ("always", sort)))
    return [row for place, row in enumerate(held) if row.fails or place in spread]


def next_in_stratum(rows, key, taken):
    """The id that follows a record in the order of its stratum, round its end, and is not taken; None where none is left."""
    rows = list(rows)
    stratum = next(row.stratum for row in rows if row.key == key)
    held = [row.key for row in _in_order(row for row in rows if row.stratum == stratum)]
    place = held.index(key)
    return next((other for other in held[place + 1 :] + held[:place] if other not in taken), None)


def _in_order(rows):
    return sorted(rows, key=lambda row: (row.priority, row.month, row.key))


def _places(count, chosen, seed, stratum):
    """Evenly spread places among `count`, from an offset that the seed gives."""
    name = "|".join([str(seed), *stratum])
    offset = int(hashlib.sha256(name.encode()).hexdigest(), 16) % count
    return [(offset + number * count) // chosen for number in range(chosen)]
