"""The product's own settings with one page more: the bare one that everything is compared with."""

from itsm.settings import *  # noqa: F403
from itsm.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
