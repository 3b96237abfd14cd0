"""What a new version of an agreement changed: as many whole months before it was in force as since (requirement 8)."""

from django.utils.translation import gettext_lazy as _

from changes.forms.figures import month_words
from changes.period import Period
from itsm.core import clock, measures
from itsm.people.zones import company_day
from reports import figures, rules
from reports.links import rows_url
from reports.scope import Scope
from sla.attainment import following, previous
from sla.models import AgreementKind

MOST = 3
"""Months on each side, at most."""
COMPARED = (
    ("logged_in_time", _("Incidents reported")), ("mttr", _("Service time of all that were solved")),
    ("attainment_response", None), ("attainment_resolution", None), ("reopen_rate", None), ("rating", None),
)  # fmt: skip
"""Load, promises and satisfaction; the first two are sums, the others what the measure says."""


def before_and_after(version, person):
    """`{"before", "since", "lines"}` once a customer's version was in force for a whole month, else None; two statements."""
    if version.agreement.kind != AgreementKind.CUSTOMER or version.published_at is None or not rules.may_read(person):
        return None
    since = periods(company_day(version.effective_from), company_day(clock.now()))
    if since is None:
        return None
    scopes = [Scope(period, customer=version.agreement.customer, service=version.agreement.service) for period in since]
    chosen = [measures.named(key) for key, _label in COMPARED]
    read = [figures.read(scope, chosen, percentiles=False)[""] for scope in scopes]
    if not read[0]["logged_in_time"].number:
        return None
    lines = [_line(key, label, scopes, [found[key] for found in read]) for key, label in COMPARED]
    return {"before": months_words(since[0]), "since": months_words(since[1]), "lines": lines}


def periods(first, today):
    """`(before, since)`: as many whole months before a day as since it, at most MOST each; None until a whole month has passed since."""
    begins, since = first if first.day == 1 else following(first), []
    while following(begins) <= today and len(since) < MOST:
        since.append(begins)
        begins = following(begins)
    if not since:
        return None
    last = previous(first)
    earliest = last
    for _month in since[1:]:
        earliest = previous(earliest)
    return Period(earliest, last), Period(since[0], since[-1])


def _line(key, label, scopes, found):
    """A measure's name, and its two figures with the addresses of their rows."""
    return {
        "name": label or found[0].measure.name, "is_count": key == "logged_in_time", "is_sum": key == "mttr",
        "cells": [(figure, rows_url(key, scope)) for figure, scope in zip(found, scopes, strict=True)],
    }  # fmt: skip


def months_words(period):
    """A period as people write it."""
    first, last = month_words(period.first), month_words(period.last)
    return first if first == last else f"{first} – {last}"
