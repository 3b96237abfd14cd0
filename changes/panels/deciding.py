"""What pages show of approval."""


def register():
    """Fill the registries."""
