"""Settings of gunicorn for script/server."""

from .gate import wait_at_gate


def on_starting(server):
    """The application is loaded (preload); listen only when the database is up to this code."""
    wait_at_gate()
