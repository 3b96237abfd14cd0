"""What other pages show of the promises."""


def register():
    """Filled in below."""
