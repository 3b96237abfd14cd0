"""Starting and ending child processes so that none outlives us."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess

PR_SET_PDEATHSIG = 1


def dies_with_parent(sig):
    """A `preexec_fn` that makes the kernel send `sig` to the child when this process ends, however it ends."""
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: the child only makes system calls
    parent = os.getpid()

    def arrange():
        libc.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def free_port(host="127.0.0.1"):
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def port_is_free(port, host="127.0.0.1"):
    """True if we could listen on host:port now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def end(process, sig=signal.SIGTERM, patience=5.0):
    """Ask a child to end, and after `patience` seconds kill it with everything in its process group."""
    if process.poll() is None:
        process.send_signal(sig)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    if process.poll() is None:
        kill_group(process)


def kill_group(process):
    """SIGKILL to the child's whole process group (the child was started in a session of its own)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
