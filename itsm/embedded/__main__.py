"""python -m itsm.embedded server | manage COMMAND … | frontend-files | frontend-image"""

import os
import sys

from itsm.environment import Nonsense

from . import frontend
from .manage import manage
from .node import npm
from .refusal import Refusal
from .supervisor import say, serve


def main(words):
    """Run one verb; the exit code."""
    try:
        if words[:1] == ["server"] and len(words) == 1:
            return serve()
        if words[:1] == ["manage"]:
            return manage(words[1:])
        if words == ["frontend-files"]:
            frontend.fill(npm)
            return 0
        if words == ["frontend-image"]:
            frontend.set_up_image({**os.environ})
            return 0
    except (Refusal, Nonsense) as refusal:
        say(str(refusal))
        return 1
    say("Usage: script/server, or script/manage COMMAND …; variables are described in docs/operating.md.")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
