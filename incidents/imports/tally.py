"""Counts what an import did and words it as a report. Pure but for the replays it looks at."""

from collections import Counter
from dataclasses import dataclass, field

from incidents.imports.history import Flaw, Kind
from incidents.models import matrix_priority

VERDICTS = (("met", "in time"), ("breached", "late"), ("", "no verdict"))
SOURCE_SAID = ((True, "kept"), (False, "missed"), (None, "not said"))
RATINGS = (Kind.LOGGED, Kind.REPRIORITISED)


@dataclass
class Tally:
    """Figures of one run. `flaws` keeps every row that was corrected or could not be used."""

    new: int = 0
    known: int = 0
    rows: int = 0
    facts: Counter = field(default_factory=Counter)
    waits: Counter = field(default_factory=Counter)
    ratings: Counter = field(default_factory=Counter)
    verdicts: dict = field(default_factory=lambda: {"response": Counter(), "resolution": Counter(), "either": Counter()})
    flaws: list[Flaw] = field(default_factory=list)

    def skip(self, history):
        """Count an incident that an earlier run wrote."""
        self.known += 1
        self.rows += history.rows

    def add(self, replay):
        """Count an incident that was written."""
        history = replay.history
        self.new += 1
        self.rows += history.rows
        for fact in history.facts:
            self.facts[fact.kind] += 1
            if fact.wait:
                self.waits[fact.wait] += 1
            if fact.kind in RATINGS:
                rating = fact.rating
                self.ratings[rating.priority == matrix_priority(rating.impact, rating.urgency)] += 1
        outcomes = {timer.metric: timer.state.outcome for timer in replay.timers}
        outcomes["either"] = "breached" if "breached" in outcomes.values() else outcomes["resolution"]
        for metric, outcome in outcomes.items():
            self.verdicts[metric][outcome, history.kept_promise] += 1

    def report(self, seconds):
        """Lines for a person: figures first, then every flawed row."""
        yield f"{self.new:,} incidents imported, {self.known:,} were here already; {self.rows:,} events read in {seconds:.1f} s"
        yield f"{self.rows / max(seconds, 0.001):,.0f} events a second"
        if self.new:
            yield "What happened: " + ", ".join(f"{count:,} {kind}" for kind, count in self.facts.most_common())
            yield "Waits: " + (", ".join(f"{count:,} for the {wait}" for wait, count in self.waits.most_common()) or "none")
            yield f"Priority by our matrix: {self.ratings[True]:,} agree with the source, {self.ratings[False]:,} differ"
            yield from self._tables()
        yield from self._flawed()

    def _tables(self):
        for metric, counts in self.verdicts.items():
            yield ""
            yield f"Our verdict ({metric}) against the source's made_sla:"
            yield f"{'':>14}" + "".join(f"{word:>12}" for _value, word in SOURCE_SAID)
            for outcome, word in VERDICTS:
                row = [counts[outcome, said] for said, _word in SOURCE_SAID]
                if any(row):
                    yield f"{word:>14}" + "".join(f"{count:>12,}" for count in row)

    def _flawed(self):
        for used, title in ((False, "not used"), (True, "used with a correction")):
            flaws = [flaw for flaw in self.flaws if flaw.used == used]
            yield ""
            yield f"{len(flaws)} rows {title}" + (":" if flaws else "")
            yield from (f"  line {flaw.line}, {flaw.ref or 'no number'}: {flaw.reason}" for flaw in flaws)
