"""What would be counted now is what counting everything from scratch gives."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from changes.period import Period
from itsm.core import measures
from reports import figures, restated
from reports.models import Restatement
from reports.scope import Scope
from reports.services.keeping import TicketRow, told
from tests.deep import DEEP
from tests.reports.facts import MONTHS, local

TICKETS = [measure for measure in measures.known().values() if measure.kind not in figures.OF_CHANGES]
SCOPE = Scope(Period(MONTHS[0], MONTHS[-1]))
LONGEST = 9


@st.composite
def telling(draw, kind, source):
    """How a fact of a month may be told."""
    outcome = draw(st.sampled_from(["met", "breached", "excused", "confirmed", "lapsed", "punctual", "late"]))
    return TicketRow(
        kind, source, MONTHS[1], MONTHS[1], local(MONTHS[1]), outcome, draw(st.integers(0, 7)),
        draw(st.lists(st.integers(0, 1000), min_size=LONGEST, max_size=LONGEST)), 1, source, draw(st.integers(1, 2)),
        draw(st.sampled_from([None, 1])), draw(st.sampled_from([None, 1])), None, "core", draw(st.integers(1, 4)),
    )  # fmt: skip


@st.composite
def history(draw, kind, source):
    """A fact as it was closed, and as it was told later, each perhaps not at all."""
    return draw(st.lists(st.one_of(st.none(), telling(kind, source)), min_size=1, max_size=4))


def from_scratch(measure, rows, by):
    """The figures of some facts, in plain Python."""
    found = {}
    for row in rows:
        group = {"": "", "month": row.month, "priority": row.priority, "customer": row.customer_id, "service": row.service_id or -1}[by]
        if measure.among.holds(row.outcome, row.marks):
            before = found.get(group, (0, 0, 0, 0))
            counts = measure.counted is not None and measure.counted.holds(row.outcome, row.marks)
            lengths = [0 if place is None else row.lengths[place] for place in (measure.length, measure.beside)]
            found[group] = tuple(sum(pair) for pair in zip(before, (1, int(counts), *lengths), strict=True))
    return found


def numbers(figure):
    return (figure.number, figure.counted, figure.total, figure.beside)


@settings(max_examples=1000 if DEEP else 300, deadline=None)
@given(data=st.data(), by=st.sampled_from(["", "month", "priority", "customer", "service"]))
def test_restated_is_counted_from_scratch(data, by):
    measure = data.draw(st.sampled_from(TICKETS))
    histories = [data.draw(history(measure.kind, source)) for source in range(1, data.draw(st.integers(1, 6)) + 1)]
    closed = [tellings[0] for tellings in histories if tellings[0]]
    found = {
        group: {measure.key: figures.Figure(measure, *told_of)} for group, told_of in from_scratch(measure, closed, by).items()
    }  # fmt: skip
    noted = [
        Restatement(month=MONTHS[1], kind=measure.kind, source_id=source, before=told(before), after=told(after))
        for source, tellings in enumerate(histories, 1)
        for before, after in pairwise(tellings)
    ]
    again = restated.applied(found, [measure], noted, SCOPE, by)
    wanted = from_scratch(measure, [tellings[-1] for tellings in histories if tellings[-1]], by)
    for group in {*found, *wanted, *again}:
        figure = again.get(group, {}).get(measure.key) or found.get(group, {}).get(measure.key)
        assert numbers(figure) == wanted.get(group, (0, 0, 0, 0))
