"""What a customer's representative may do with a change through a link, without an account (requirement 62)."""


def register():
    """Make the purpose known to the links."""
