"""How a run tells what it does."""

import sys


def say(sentence):
    """One line for the person at the terminal."""
    print(f"bench: {sentence}", file=sys.stderr, flush=True)
