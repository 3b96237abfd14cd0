"""Where figures stand in the frame."""


def register():
    """Fill the registries."""
