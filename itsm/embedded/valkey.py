"""One Valkey (or Redis) server of our own, as the broker for Celery."""

import contextlib
import json
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

from .binaries import valkey_server
from .files import write_private
from .processes import dies_with_parent, end, free_port, port_is_free
from .refusal import Refusal


class Valkey:
    """A server on loopback, on a remembered port, with a random password, its data in `base/valkey`."""

    name = "Valkey"

    def __init__(self, base):
        self.base = Path(base).resolve()
        self.data = self.base / "valkey"
        self.log = self.base / "valkey.log"
        self.credentials = self.base / "valkey.json"
        self.process = None

    @property
    def url(self):
        """Broker URL of this server."""
        known = json.loads(self.credentials.read_text())
        return f"redis://:{known['password']}@127.0.0.1:{known['port']}/0"

    def start(self, patience=10.0):
        """Launch and wait until it answers. Raises Refusal with the reason when it cannot."""
        self.launch()
        self.wait(patience)
        return self

    def launch(self):
        """Start the process."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = self._credentials()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(valkey_server()), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - started from the main thread only
            )
        with contextlib.suppress(BrokenPipeError), self.process.stdin as settings:
            settings.write(self._settings(known).encode())

    @property
    def port(self):
        """The port it listens on."""
        return json.loads(self.credentials.read_text())["port"]

    def stop(self, patience=2.0):
        """Ask it to end; what it holds is on disk."""
        if self.process is not None:
            end(self.process, signal.SIGTERM, patience)

    def _credentials(self):
        known = {"password": secrets.token_urlsafe(24), "port": free_port()}
        with contextlib.suppress(OSError, ValueError):
            known = json.loads(self.credentials.read_text())
        if not port_is_free(known["port"]):
            known["port"] = free_port()
        write_private(self.credentials, json.dumps(known))
        return known

    def _settings(self, known):
        """Given on standard input, so that the password stands in no list of processes."""
        lines = [
            "bind 127.0.0.1",
            f"port {known['port']}",
            f"requirepass {known['password']}",
            f'dir "{self.data}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "loglevel notice",
            'logfile ""',
        ]
        return "\n".join(lines) + "\n"

    def wait(self, patience=10.0):
        """Until it answers. Raises Refusal."""
        known = json.loads(self.credentials.read_text())
        deadline = time.monotonic() + patience
        while not _answers(known):
            if self.process.poll() is not None:
                last = (self.log.read_text(errors="replace").strip().splitlines() or ["it left no message"])[-1]
                raise Refusal(f"Valkey ended while starting: {last}")
            if time.monotonic() > deadline:
                self.stop()
                raise Refusal(f"Valkey was not ready after {patience:.0f} seconds; its log is {self.log}.")
            time.sleep(0.02)


def _answers(known):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", known["port"]), 1) as wire:
        wire.sendall(f"AUTH {known['password']}\r\nPING\r\n".encode())
        wire.settimeout(1)
        said = b""
        while b"PONG" not in said and (more := wire.recv(200)):
            said += more
        return b"PONG" in said
    return False
