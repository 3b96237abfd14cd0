"""The one way in which a start can fail on purpose."""


class Refusal(Exception):
    """One sentence for the person at the terminal: what is in the way and what to do about it."""
