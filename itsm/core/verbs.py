"""A verb is a business act: one function, one transaction, one name in the trail."""

import functools

from django.db import transaction

from itsm.core import trail


def verb(act):
    """Run a service function in one transaction, with its name and its `by` in the trail."""

    @functools.wraps(act)
    def performed(*args, by, **details):
        with trail.acting(by=by, step=act.__name__, reason=details.get("reason") or ""), transaction.atomic():
            return act(*args, by=by, **details)

    return performed
