"""What only script/test --deep does: more cases, longer runs."""

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "usual")
DEEP = PROFILE == "deep"


def cases(usual, deep=1000):
    """How many cases a property with a number of its own tries: usually few, because it asks the database; with --deep many."""
    return deep if DEEP else usual
