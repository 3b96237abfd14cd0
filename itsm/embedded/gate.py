"""Lets a process load its code while its servers still start, and holds it until they are well."""

import os
import sys

GATE = "ITSM_GATE"
OPEN = b"open"


class Gate:
    """A pipe: the child waits at the far end; closing ours without a word sends it home."""

    def __init__(self):
        self.far_end, self._near_end = os.pipe()

    def open(self):
        """Let the child go on."""
        os.write(self._near_end, OPEN)
        self.close()

    def close(self):
        """Give both ends back; a child that still waits ends."""
        for end in (self.far_end, self._near_end):
            if end is not None:
                os.close(end)
        self.far_end = self._near_end = None


def wait_at_gate():
    """Return when the parent opens the gate, at once where there is none; end when the parent gave up."""
    far_end = os.environ.pop(GATE, None)
    if far_end is None:
        return
    with os.fdopen(int(far_end), "rb") as pipe:
        if pipe.read(len(OPEN)) != OPEN:
            sys.exit(1)
