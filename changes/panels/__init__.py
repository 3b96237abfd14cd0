"""What pages show of changes: the rail, and the parts of a change's own page, each from its own file."""

from changes.panels import deciding, doing, learning, record, releases, scheduling, writing


def register():
    """Fill the registries."""
    record.register()
    writing.register()
    deciding.register()
    scheduling.register()
    doing.register()
    releases.register()
    learning.register()
