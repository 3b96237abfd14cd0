"""What pages show of releases."""


def register():
    """Fill the registries."""
