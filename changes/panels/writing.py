"""What pages show of the risk, the models and the policy."""


def register():
    """Fill the registries."""
