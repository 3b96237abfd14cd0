"""The browser of the browser tests: the system's Chromium, quiet and offline. Also used by screenshots.py."""

import os
import shutil
import warnings

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable():
    """Where Chromium is, or None."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def is_required():
    """Whether a missing Chromium is an error, not a reason to skip."""
    return os.environ.get("BROWSER_REQUIRED") == "1"


def launch(playwright):
    """A headless browser; raises FileNotFoundError where there is none."""
    path = executable()
    if path is None:
        raise FileNotFoundError("Chromium is not installed: apt-get install chromium")
    return playwright.chromium.launch(executable_path=path, args=FLAGS)


def warn_of_skipping():
    """Say aloud that the browser tests do not run."""
    warnings.warn("BROWSER TESTS SKIPPED: Chromium is not installed (apt-get install chromium).", stacklevel=2)
