"""Who gets the next incident: the pure choice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.roster import Candidate, choose

candidates = st.lists(
    st.builds(
        Candidate,
        person_id=st.integers(1, 10_000),
        availability=st.sampled_from(["available", "busy", "away"]),
        on_shift=st.booleans(),
        capacity=st.integers(1, 20),
        load=st.integers(0, 30),
    ),
    max_size=8,
    unique_by=lambda c: c.person_id,
)
weights = {1: 8, 2: 4, 3: 2, 4: 1}


@settings(max_examples=1000)
@given(candidates, st.integers(1, 4))
def test_the_chosen_one_is_idle_and_nobody_idle_has_less_to_do(known, priority):
    weight = weights[priority]
    choice = choose(known, priority, weight)
    idle = [c for c in known if c.idle_for(weight)]
    if idle:
        assert choice.candidate in idle
        assert choice.candidate.load == min(c.load for c in idle)
    elif priority > 1:
        assert choice is None


@settings(max_examples=1000)
@given(candidates)
def test_a_p1_goes_to_somebody_on_shift_who_is_not_away_or_to_nobody(known):
    choice = choose(known, 1, 8)
    reachable = [c for c in known if c.on_shift and c.availability != "away"]
    assert (choice is None) == (not reachable)
    if choice:
        assert choice.candidate in reachable


@settings(max_examples=1000)
@given(candidates, st.integers(1, 4), st.randoms())
def test_the_order_of_the_roster_does_not_matter(known, priority, random):
    shuffled = list(known)
    random.shuffle(shuffled)
    one, other = choose(known, priority, weights[priority]), choose(shuffled, priority, weights[priority])
    assert (one and one.candidate) == (other and other.candidate)


def test_without_candidates_nobody_is_chosen():
    assert choose([], 1, 8) is None


def test_a_busy_engineer_takes_a_p1_only_when_no_available_one_is_there():
    busy = Candidate(1, "busy", True, 8, 0)
    available = Candidate(2, "available", True, 8, 12)
    assert choose([busy, available], 1, 8).candidate == available
    assert choose([busy], 1, 8).candidate == busy
    assert choose([busy], 2, 4) is None
