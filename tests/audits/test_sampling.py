"""Sampling: reproducible by anybody, every stratum present, in proportion, never more than there is."""

import hashlib
import random
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits import sampling
from audits.sampling import Row

THOROUGH = settings(max_examples=1000, deadline=None)
SEEDS = st.integers(0, 2**31 - 1)
PROCESSES, POSTS = ["8.5.1", "8.6.1", "8.6.3"], ["", "engineer", "service_desk", "工程师"]


@st.composite
def populations(draw, least=0, most=700):
    """Records in a few strata, some of them tiny, from a single number so that large ones are quick to make."""
    count, chance = draw(st.integers(least, most)), random.Random(draw(st.integers(0, 2**32)))
    processes, posts = PROCESSES[: draw(st.integers(1, 3))], POSTS[: draw(st.integers(1, 4))]
    keys = chance.sample(range(1, 10 * count + 2), count)
    return [
        Row(key, f"{key:x}", chance.choice(processes), chance.choices(posts, [50, 10, 3, 1][: len(posts)])[0],
            str(chance.randint(1, 4)), f"2026-{chance.randint(1, 12):02d}")
        for key in keys
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("population", "chosen"),
    [(0, 0), (1, 1), (10, 10), (11, 8), (50, 8), (51, 13), (150, 13), (151, 20), (500, 20), (501, 25), (100_000, 25)],
)
def test_the_size_follows_the_table(population, chosen):
    assert sampling.size(population) == chosen


@THOROUGH
@given(populations(), SEEDS, st.randoms(use_true_random=False))
def test_the_same_seed_and_population_give_the_same_sample_in_whatever_order(rows, seed, chance):
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert sampling.draw(rows, seed) == sampling.draw(shuffled, seed) == sampling.draw(iter(rows), seed)


@THOROUGH
@given(populations(), SEEDS)
def test_every_stratum_is_there_and_nothing_twice_and_never_more_than_there_is(rows, seed):
    found = sampling.draw(rows, seed)
    by_key = {row.key: row for row in rows}
    assert len(set(found.keys)) == len(found.keys) <= found.population == len(rows)
    assert set(found.keys) <= set(by_key)
    assert {by_key[key].stratum for key in found.keys} == {row.stratum for row in rows}
    strata = len({row.stratum for row in rows})
    assert len(found.keys) == min(len(rows), max(sampling.size(len(rows)), strata))
    assert Counter(by_key[key].stratum for key in found.keys) == {(s.process, s.post): s.chosen for s in found.shares}


@THOROUGH
@given(populations(least=1), SEEDS)
def test_beyond_one_each_the_strata_are_chosen_from_in_proportion(rows, seed):
    shares = sampling.draw(rows, seed).shares
    rest = sum(share.chosen - 1 for share in shares)
    left = sum(share.population - 1 for share in shares)
    for share in shares:
        assert 1 <= share.chosen <= share.population
        if left:
            assert abs((share.chosen - 1) - rest * (share.population - 1) / left) < 1


@THOROUGH
@given(populations(least=60), SEEDS)
def test_within_a_stratum_the_chosen_ones_are_spread_evenly(rows, seed):
    found = sampling.draw(rows, seed)
    for share in found.shares:
        held = sorted((r for r in rows if r.stratum == (share.process, share.post)), key=lambda r: (r.priority, r.month, r.key))
        places = [place for place, row in enumerate(held) if row.key in found.keys]
        gaps = {b - a for a, b in pairwise(places)}
        assert gaps <= {share.population // share.chosen, share.population // share.chosen + 1}


@THOROUGH
@given(populations(least=1, most=200), st.data())
def test_the_hash_of_a_population_changes_with_any_record(rows, data):
    before = sampling.population_digest(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = rows.copy()
    changed[place] = rows[place]._replace(digest=rows[place].digest + "0")
    assert sampling.population_digest(changed) != before
    assert sampling.population_digest(rows[:place] + rows[place + 1 :]) != before
    with pytest.raises(ValueError, match="twice"):
        sampling.population_digest([*rows, rows[place]])


@st.composite
def marked(draw, most=200):
    """A population in which some records belong to a class that is always read whole, and some of them fail."""
    rows, chance = draw(populations(most=most)), random.Random(draw(st.integers(0, 2**32)))
    sorts = chance.choices(["", "p1", "breached"], draw(st.sampled_from([[9, 1, 1], [1, 4, 1], [0, 1, 0]])), k=len(rows))
    return [row._replace(sort=sort, fails=bool(sort) and chance.random() < 0.2) for row, sort in zip(rows, sorts, strict=True)]


@THOROUGH
@given(marked(), SEEDS, st.randoms(use_true_random=False))
def test_a_class_is_read_whole_or_by_all_that_fail_and_the_tables_number_spread(rows, seed, chance):
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    found = sampling.always(rows, seed)
    assert found == sampling.always(shuffled, seed)
    for sort in {row.sort for row in rows} - {""}:
        held = [row for row in rows if row.sort == sort]
        read = {key for key, of in found.items() if of == sort}
        assert {row.key for row in held if row.fails} <= read <= {row.key for row in held}
        if len(held) <= sampling.READ_WHOLE:
            assert len(read) == len(held)
        else:
            assert sampling.size(len(held)) <= len(read) <= sampling.size(len(held)) + sum(row.fails for row in held)
    assert set(found) <= {row.key for row in rows if row.sort}


@THOROUGH
@given(populations(least=1, most=60), st.data())
def test_a_swap_stays_in_the_stratum_and_goes_round_until_none_is_left(rows, data):
    row = data.draw(st.sampled_from(rows))
    held = {other.key for other in rows if other.stratum == row.stratum}
    taken = {row.key}
    while (key := sampling.next_in_stratum(rows, row.key, taken)) is not None:
        assert key in held - taken
        taken.add(key)
    assert taken == held


@THOROUGH
@given(marked())
def test_a_packed_population_comes_back_as_it_was(rows):
    assert sampling.unpacked(sampling.packed(rows)) == rows


@THOROUGH
@given(st.dictionaries(st.text(max_size=4), st.integers(1, 400), min_size=1, max_size=12), st.integers(0, 60))
def test_allotting_never_gives_more_than_there_is(counts, wanted):
    found = sampling.allot(counts, wanted)
    assert all(1 <= found[stratum] <= counts[stratum] for stratum in counts)
    assert sum(found.values()) == min(sum(counts.values()), max(wanted, len(counts)))


def test_no_records_are_nothing_to_test():
    found = sampling.draw([], 7)
    assert found.is_empty
    assert (found.keys, found.shares, found.population) == ((), (), 0)
    assert not sampling.draw([Row(1, "a")], 7).is_empty


def test_a_sample_can_be_drawn_by_hand_from_the_written_rule():
    rows = [Row(key, f"{key}", "8.6.1", "engineer", "3", "2026-01") for key in range(1, 13)]
    offset = int(hashlib.sha256(b"20261008|8.6.1|engineer").hexdigest(), 16) % 12
    assert sampling.draw(rows, 20261008).keys == tuple((offset + i * 12) // 8 + 1 for i in range(8))
    assert sampling.population_digest(rows[:2]) == hashlib.sha256(b"1 1\n2 2").hexdigest()


def test_facts_have_one_hash_whatever_their_order():
    one = {"b": datetime(2026, 1, 2, tzinfo=UTC), "a": "客户", "c": [date(2026, 1, 2), None]}
    assert sampling.canonical(one) == '{"a":"客户","b":"2026-01-02T00:00:00+00:00","c":["2026-01-02",null]}'
    assert sampling.digest(one) == sampling.digest(dict(reversed(one.items())))


def test_a_seed_comes_from_what_nobody_chooses():
    assert sampling.seed_from("ACT-000001", "ab") == sampling.seed_from("ACT-000001", "ab") < 2**31
    assert sampling.seed_from("ACT-000001", "ab") != sampling.seed_from("ACT-000002", "ab")
