"""What every page asks is asked once in a while."""

from datetime import UTC, datetime

from django.utils import translation

from itsm.core import clock, lately


def counted():
    """A question that counts how often it was asked, and the list it counts in."""
    asked = []

    @lately.lately(60)
    def question():
        asked.append(translation.get_language())
        return len(asked)

    return question, asked


def test_an_answer_is_kept_by_language_and_forgotten_on_demand():
    question, asked = counted()
    with translation.override("en"):
        assert (question(), question()) == (1, 1)
    with translation.override("zh-hans"):
        assert (question(), question()) == (2, 2)
    assert asked == ["en", "zh-hans"]
    lately.forget()
    with translation.override("en"):
        assert question() == 3


def test_a_clock_that_a_test_sets_is_asked_anew():
    question, asked = counted()
    with clock.at(datetime(2026, 9, 28, tzinfo=UTC)):
        question()
        question()
    assert len(asked) == 2
