"""Records that a finding may point at, found by their numbers."""

import re

from django.utils.translation import gettext as _

from changes.models import Change, Release
from changes.models.change import PREFIX as CHANGE
from changes.models.release import PREFIX as RELEASE
from incidents.models import Incident
from incidents.models.incident import PREFIX as INCIDENT
from itsm.core.errors import Refused

SORTS = {INCIDENT: Incident, CHANGE: Change, RELEASE: Release}
MOST = 50


def named(text, person):
    """The records that a text names ("INC-000123, CHG-000004"), each once, in its order. Raises Refused for an unknown one."""
    words = [word for word in re.split(r"[\s,;，；、]+", text.upper()) if word]
    if len(words) > MOST:
        raise Refused(_("Name at most %(most)s records.") % {"most": MOST}, code="too_many")
    return list(dict.fromkeys(_record(word, person) for word in words))


def _record(word, person):
    match = re.fullmatch(r"([A-Z]{3})-?(\d{1,15})", word)
    model = SORTS.get(match[1]) if match else None
    found = model and model.objects.visible_to(person).filter(number=int(match[2])).first()
    if not found:
        raise Refused(
            _("There is no record %(number)s. Write numbers as INC-000123 or CHG-000123.") % {"number": word[:40]}, code="unknown"
        )
    return found
