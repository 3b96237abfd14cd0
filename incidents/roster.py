"""Which engineer gets the next incident: a pure choice over what is known of each (requirements 52 and 53, O16)."""

import dataclasses

AWAY, AVAILABLE = "away", "available"


@dataclasses.dataclass(frozen=True)
class Candidate:
    """One engineer of the team with the facts that decide."""

    person_id: int
    availability: str
    on_shift: bool
    capacity: int
    load: int

    def idle_for(self, weight):
        """Available, on shift, and with room for this weight."""
        return self.on_shift and self.availability == AVAILABLE and self.load + weight <= self.capacity

    def reachable(self):
        """On shift and not away."""
        return self.on_shift and self.availability != AWAY


@dataclasses.dataclass(frozen=True)
class Choice:
    """Who was chosen, by which rule, out of how many."""

    candidate: Candidate
    rule: str
    weight: int
    among: int

    def why(self):
        """The facts of the choice, for the record."""
        return {
            "rule": self.rule,
            "weight": self.weight,
            "load": self.candidate.load,
            "capacity": self.candidate.capacity,
            "among": self.among,
        }


def choose(candidates, priority, weight):
    """The idle candidate with the least load (ties: the lower id), or None.

    A P1 may exceed the capacity: with nobody idle it goes to the least loaded who is on shift and not away,
    available ones first.
    """
    idle = [candidate for candidate in candidates if candidate.idle_for(weight)]
    if idle:
        return Choice(min(idle, key=_load), "idle", weight, len(idle))
    reachable = [candidate for candidate in candidates if candidate.reachable()]
    if priority == 1 and reachable:
        first = min(reachable, key=lambda candidate: (candidate.availability != AVAILABLE, *_load(candidate)))
        return Choice(first, "over_capacity", weight, len(reachable))
    return None


def _load(candidate):
    return candidate.load, candidate.person_id
