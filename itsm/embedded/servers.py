"""The servers that the environment does not name: started for this run, and started again when they die."""

import time

from .postgres import Postgres
from .refusal import Refusal
from .valkey import Valkey

DATABASE = "itsm"
TRIES = 8


class Servers:
    """PostgreSQL and Valkey of our own, as far as they are needed."""

    def __init__(self, environment, base):
        self.environment = environment
        self.base = base
        self.running = []

    def launch(self):
        """Start what is needed without waiting for it; the variables that name all servers. Raises Refusal."""
        urls = {"DATABASE_URL": self.environment.database_url, "REDIS_URL": self.environment.redis_url}
        if not urls["DATABASE_URL"]:
            urls["DATABASE_URL"] = self._launched(Postgres(self.base)).url(DATABASE)
        if not urls["REDIS_URL"]:
            urls["REDIS_URL"] = self._launched(Valkey(self.base)).url
        return urls

    def wait(self):
        """Until all of them answer. Raises Refusal."""
        for server in self.running:
            server.wait()
            if server.name == Postgres.name:
                server.ensure_database(DATABASE)

    def revive(self, say):
        """Start a server that died again on its data. The reason to give up, or None."""
        for server in self.running:
            if server.process.poll() is not None:
                say(f"{server.name} ended unexpectedly; it is started again on its data.")
                try:
                    restart(server)
                except Refusal as refusal:
                    return str(refusal)
        return None

    def stop(self, patience=2.0):
        """End them, the database last; it has `patience` seconds to write everything down and otherwise recovers at the next start."""
        for server in sorted(self.running, key=lambda server: server.name == Postgres.name):
            server.stop(patience)

    def _launched(self, server):
        self.running.append(server)
        server.launch()
        return server


def restart(server):
    """Start a server that died on its data; its former processes hold memory and port for a moment. Raises Refusal."""
    port = server.port
    for attempt in range(TRIES):
        try:
            server.start()
            break
        except Refusal:
            if attempt == TRIES - 1:
                raise
            time.sleep(0.25)
    if server.port != port:
        raise Refusal(f"{server.name} could not have its port {port} back after it died.")
