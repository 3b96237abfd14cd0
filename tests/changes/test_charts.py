"""Lines over months: what is drawn where."""

from hypothesis import given
from hypothesis import strategies as st

from changes import charts

HOUR = charts.HOUR


def words(seconds):
    return f"{seconds:.0f} s"


def test_a_month_without_a_value_breaks_the_line():
    chart = charts.of_percent([("a", "Success", [100.0, None, 50.0, 0.0])], ["1", "2", "3", "4"])
    (line,) = chart.lines
    assert [told for _x, _y, told in line.dots] == ["100.0 %", "50.0 %", "0.0 %"]
    assert len(line.segments) == 1
    assert line.dots[0][1] == charts.TOP
    assert line.dots[-1][1] == chart.floor


def test_the_target_is_always_in_the_picture():
    chart = charts.of_lengths([("a", "p50", [HOUR, None])], ["1", "2"], goal=4 * HOUR, words=words)
    assert charts.TOP <= chart.goal <= chart.floor
    assert chart.ticks[-1] == (charts.TOP, f"{4 * HOUR} s")
    assert charts.of_percent([("a", "x", [None])], ["1"]).is_empty


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e7)), min_size=1, max_size=36))
def test_everything_lies_within_the_drawing(values):
    chart = charts.of_lengths([("a", "x", values)], [str(no) for no in range(len(values))], goal=4 * HOUR, words=words)
    for x, y, _told in chart.lines[0].dots:
        assert charts.LEFT <= x <= charts.RIGHT
        assert charts.TOP <= y <= chart.floor
    assert 0 < len(chart.months) <= charts.LABELLED
    assert len(chart.lines[0].dots) == sum(value is not None for value in values)
