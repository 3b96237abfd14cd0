"""What pages show of carrying it out."""


def register():
    """Fill the registries."""
