"""What pages show of the calendar and what is in the way."""


def register():
    """Fill the registries."""
