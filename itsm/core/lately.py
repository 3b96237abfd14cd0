"""What every page asks, asked once in a while: answers kept for a few seconds in a process."""

import functools
import time

from django.utils.translation import get_language

from itsm.core import clock

_memories = []


def forget():
    """Forget every answer; for tests."""
    for kept in _memories:
        kept.clear()


def lately(seconds):
    """Let a question without arguments be answered from memory, by language, for so long; never while a test sets the clock."""

    def decorate(question):
        kept = {}
        _memories.append(kept)

        @functools.wraps(question)
        def asked():
            if clock.given():
                return question()
            until, answer = kept.get(get_language(), (0.0, None))
            if until < time.monotonic():
                answer = question()
                kept[get_language()] = (time.monotonic() + seconds, answer)
            return answer

        return asked

    return decorate
