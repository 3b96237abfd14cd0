"""Durations, instants and clock faces are worded and coloured as the interface promises."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from itsm.core import clockface, wording
from itsm.core.clockface import Face

NOW = datetime(2026, 10, 10, 2, 42, tzinfo=UTC)
MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (42, "42 s"),
        (245, "4 min 05 s"),
        (28 * MINUTE, "28 min"),
        (2 * HOUR, "2 h"),
        (80 * MINUTE, "1 h 20 min"),
        (120 * HOUR + 5 * MINUTE, "120 h"),
    ],
)
def test_a_duration_reads_like_people_say_it(seconds, words):
    with translation.override("en"):
        assert wording.duration(seconds) == words
        assert wording.duration(timedelta(seconds=seconds)) == words


def test_a_broken_promise_never_shows_a_bare_minus_sign():
    with translation.override("en"):
        assert wording.time_left(-12 * MINUTE) == "12 min over"
        assert wording.time_left(12 * MINUTE) == "12 min"


def test_an_instant_is_told_in_the_readers_zone():
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        assert wording.clock_time(NOW + timedelta(hours=1), NOW) == "today 11:42"
        assert wording.clock_time(NOW - timedelta(days=1), NOW) == "yesterday 10:42"
        assert wording.clock_time(NOW - timedelta(days=9), NOW) == "1 Oct 10:42"
        assert wording.moment(NOW - timedelta(minutes=5), NOW) == "5 min ago"
        assert wording.exact(NOW) == "2026-10-10 10:42:00 UTC+8"
    with timezone.override("Asia/Kolkata"):
        assert wording.exact(NOW).endswith("UTC+5:30")


@pytest.mark.parametrize(
    ("left", "state", "kind"),
    [
        (60, clockface.RUNNING, "ok"),
        (25, clockface.RUNNING, "75"),
        (10, clockface.RUNNING, "90"),
        (0, clockface.RUNNING, "90"),
        (-1, clockface.RUNNING, "late"),
        (10, clockface.PAUSED, "hold"),
        (-5, clockface.PAUSED, "late"),
        (40, clockface.MET, "met"),
        (-4, clockface.MISSED, "late"),
        (40, clockface.OFF, "none"),
    ],
)
def test_a_face_takes_its_colour_from_the_marks(left, state, kind):
    assert Face("Resolve", state=state, target_s=100, left_s=left).kind == kind


def test_a_clock_without_a_promise_shows_none():
    face = Face("Resolve")
    assert (face.kind, face.percent, face.is_counting) == ("none", 0, False)


def test_only_a_running_clock_inside_its_hours_counts_down():
    assert Face("Resolve", target_s=100, left_s=50).is_counting
    assert not Face("Resolve", target_s=100, left_s=50, is_open=False).is_counting
    assert not Face("Resolve", state=clockface.PAUSED, target_s=100, left_s=50).is_counting
