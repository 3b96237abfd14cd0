"""A verb is a business act: one function, one transaction, one name in the trail."""

import functools

import structlog
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from itsm.core import trail
from itsm.core.errors import Refused

log = structlog.get_logger(__name__)
CLASHES = {"23505": "unique", "23P01": "exclusion", "40P01": "deadlock"}
"""PostgreSQL's codes for what happens only when two act at once: everything else was asked before."""


def verb(act):
    """Run a service function in one transaction, with its name and its `by` in the trail.

    When somebody else did the same at the same moment and the database let only one of them pass, the other is Refused.
    """

    @functools.wraps(act)
    def performed(*args, by, **details):
        try:
            with trail.acting(by=by, step=act.__name__, reason=details.get("reason") or ""), transaction.atomic():
                return act(*args, by=by, **details)
        except (IntegrityError, OperationalError) as error:
            if (code := getattr(error.__cause__, "pgcode", None)) not in CLASHES:
                raise
            log.warning("two acts clashed", act=act.__name__, clash=CLASHES[code], error=str(error))
            sentence = _("Somebody else did something at the same moment that does not go together with this. Look again, then repeat it.")
            raise Refused(sentence, code="clash") from error

    return performed
