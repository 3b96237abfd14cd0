"""The answers over the charts, in both languages: what is said follows from the figures alone."""

import re

import pytest
from django.utils import translation

from itsm.core import measures
from reports import answers, charts
from reports.figures import Figure

RESPONSE, RESOLUTION = "attainment_response", "attainment_resolution"


def figure(key, number=100, counted=0, **more):
    return Figure(measures.named(key), number, counted, **more)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_promises_say_which_goal_is_missed_by_how_much_and_where():
    told = answers.promises(
        [figure(RESPONSE, counted=98), figure(RESOLUTION, 1000, 946)], {1: figure(RESOLUTION, 12, 11), 4: figure(RESOLUTION)}
    )
    assert told.lead == "Responses kept: goal reached. Resolutions kept: 0.4 points short of 95 %."
    assert told.rest == "Resolutions fall short in P1, P4."


def test_a_goal_missed_by_a_trifle_is_never_missed_by_nought():
    told = answers.promises([figure(RESOLUTION, 100_000, 94_999)], {})
    assert told.lead == "Resolutions kept: 0.1 points short of 95 %."
    assert answers.promises([figure(RESOLUTION, 100, 95)], {}).lead == "Resolutions kept: goal reached."


def test_nothing_decided_says_what_to_do():
    for told in (
        answers.promises([figure(RESPONSE, 0)], {}), answers.losing("x", 0, None, None), answers.repairing({}), answers.differing([]),
        answers.improving([(figure(RESPONSE, 0), figure(RESPONSE, 0))]), answers.idling([("x", 0)]),
        answers.working([figure("promised", 0)], [None]),
    ):  # fmt: skip
        assert told == ("Nothing was decided in this period.", "Choose a longer period, or take filters away.")


@pytest.mark.parametrize(
    ("counted", "lead", "rest"),
    [
        ((0, 0, 0, 0), "Nothing is open.", ""),
        ((9, 1, 4, 1), "1 is overdue.", "4 fall due within the hour. 1 has no owner."),
        ((9, 0, 1, 0), "Nothing is overdue.", "1 falls due within the hour."),
    ],
)
def test_what_breaks_next(counted, lead, rest):
    assert answers.breaking(dict(zip(("open", "overdue", "soon", "unassigned"), counted, strict=True))) == (lead, rest)


def test_the_slow_step_is_named_with_its_share_and_compared():
    now, was = figure("stage_handed_wait", 10, total=10 * 4260), figure("stage_handed_wait", 10, total=10 * 2940)
    told = answers.losing("Waiting after a hand-over", 38.2, now, was)
    assert told.lead == "38 % of the time goes into: Waiting after a hand-over."
    assert told.rest == "1 h 11 min on average. 22 min longer than in the period before."
    assert answers.losing("x", 1, was, now).rest == "49 min on average. 22 min shorter than in the period before."
    assert answers.losing("x", 1, now, figure("stage_handed_wait", 0)).rest == "1 h 11 min on average."


def test_who_needs_help():
    assert answers.helping([], 0, 0) == ("Nobody is over capacity, and nothing they hold is about to break.", "")
    told = answers.helping(["Chen Ke", "Xu An"], 2, 1)
    assert told == ("Over capacity: Chen Ke, Xu An.", "2 of what they hold are overdue. 1 is at 90 % of its time.")


def test_points_have_a_sign():
    assert [answers.points(value) for value in (3.14, -0.4, 0.01)] == ["+3.1", "−0.4", "±0"]
    told = answers.improving([(figure(RESOLUTION, counted=95), figure(RESOLUTION, counted=92))])
    assert told == ("Resolutions kept: +3.0.", "Points against the period before.")
    assert answers.improving([(figure(RESOLUTION, counted=9), figure(RESOLUTION, 0))]).lead.startswith("There is nothing before")


def test_the_busiest_hour_and_day():
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    told = answers.arriving({9: 30, 24 + 8: 20, 24 + 9: 20, 167: 30}, days)
    assert told.lead == "Most come on Monday between 9 and 10 o’clock: 30 of 100 (30 %)."
    assert told.rest == "Of all days Tuesday brings most: 40."
    assert answers.arriving({}, days).lead == "No ticket came in this period."


def test_worse_follows_the_right_way_of_each_measure():
    assert answers.is_worse(figure("reopen_rate", counted=5), figure("reopen_rate", counted=2)) is True
    assert answers.is_worse(figure("promised", counted=5), figure("promised", counted=2)) is False
    assert answers.is_worse(figure("promised", 0), figure("promised")) is None
    told = answers.working([figure("promised", counted=100), figure("reopen_rate", counted=5)], [figure("promised"), figure("reopen_rate")])
    assert told == ("1 of 1 goals are reached.", "Worse than before: Reopened.")


def test_times_are_told_by_priority():
    told = answers.repairing({2: figure("mttr", p50=3600.0, p90=7200.0), 1: figure("mttr", p50=600.0, p90=1200.0)})
    assert told.lead == "P1: half are solved within 10 min. P2: half are solved within 1 h."


def test_the_lowest_place_is_named():
    told = answers.differing(
        [("Mail", figure(RESOLUTION, counted=80)), ("Bank", figure(RESOLUTION, counted=99)), ("Net", figure(RESOLUTION, counted=90))]
    )
    assert told == ("Lowest: Mail, 80.0 % of 100 resolutions kept.", "2 are below the goal.")


def test_approvals():
    length = figure("approval_lead_time", p50=2700.0, p90=20_000.0)
    told = answers.approving(figure("approval_in_target", 17, 14), length)
    assert told == ("Half are decided within 45 min; the target of 4 h is met.", "82.4 % were decided in time.")
    assert answers.waiting(2, 3600, 0) == ("2 decisions are asked for.", "None is past its deadline. The oldest waits for 1 h.")
    assert answers.succeeding(figure("change_success", 15, 14), figure("backed_out_rate", 15, 1)).rest == "1 was backed out."


def test_every_answer_has_words_in_chinese():
    counted = {"open": 1, "overdue": 1, "soon": 1, "unassigned": 1}
    with translation.override("zh-hans"):
        told = [
            answers.nothing_decided(), answers.helping(["陈可"], 1, 1), answers.standing(3, 1, 7200), answers.waiting(1, 60, 1),
            answers.punctual(figure("escalation_punctuality", counted=99), 0, 0), answers.breaking(counted), answers.idling([("等", 9)]),
            answers.promises([figure(RESPONSE, counted=98), figure(RESOLUTION)], {1: figure(RESOLUTION)}),
            answers.arriving({9: 3}, "一二三四五六日"), answers.losing("等", 8, figure("stage_supplier"), figure("stage_customer")),
        ]  # fmt: skip
    words = "".join(text for answer in told for text in answer)
    assert "陈可" in words
    assert re.findall("[A-Za-z]{2,}", words) == []


def test_a_scale_of_dots_holds_every_value():
    assert charts.lowest([91.0, None, 99.5]) == 80
    assert charts.lowest([67.6]) == 60
    assert charts.lowest([]) == 80
    dots = charts.dots(90.0, 95.0, 95.0, 80.0)
    assert (dots.raw, dots.excused, dots.reach, dots.goal, dots.bad) == (50.0, 75.0, 25.0, 75.0, True)
    assert charts.dots(None, None, 95.0, 80.0) is None


def test_shares_fill_the_bar():
    parts = charts.shares([1, 0, 3], lambda line: line)
    assert [(part.x, part.width) for part in parts] == [(0, 25), (25, 75)]


@pytest.mark.parametrize("most", [1, 2, 5, 7, 143])
def test_every_number_has_the_shade_that_the_legend_says(most):
    legend = charts.heat({3: most}).legend
    for number in range(most + 1):
        shade = charts.shade(number, most)
        assert [first <= number <= last for step, first, last in legend if step == shade] == [True]
    assert charts.shade(most, most) == charts.SHADES


def test_a_line_skips_what_has_no_value():
    chart = charts.trend([("raw", "x", [(90.0, "/a"), (None, ""), (100.0, "/c")])], ["a", "b", "c"], goal=95.0, words=str)
    assert len(chart.series[0].dots) == 2
    assert chart.series[0].segments == []
    assert chart.series[0].dots[1][1] == charts.TOP
    assert chart.goal < chart.series[0].dots[0][1]
