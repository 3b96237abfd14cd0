"""Addresses of what stands behind a number: the rows of a figure, the incidents that are open now."""

import functools
from urllib.parse import urlencode

from django.urls import reverse

from reports.models import NOBODY

LIVE = ("customer", "service", "team", "priority")
"""What narrows both figures and the list of incidents."""


@functools.lru_cache(maxsize=512)
def _rows(key):
    return reverse("reports:rows", args=[key])


@functools.lru_cache(maxsize=512)
def _query(scope):
    """A page asks for the same scope some hundred times."""
    return scope.query


def rows_url(measure, scope, part="all", **narrow):
    """The rows behind a figure of a measure (or its key); `narrow` narrows the scope further. Nothing for facts of nobody."""
    if NOBODY in narrow.values():
        return ""
    asked = {**_query(scope), **narrow, "part": "" if part == "all" else part}
    return f"{_rows(getattr(measure, 'key', measure))}?{urlencode(_said(asked))}"


def definition_url(measure):
    """The words that define a measure."""
    return f"{reverse('reports:definitions')}#{measure.key}"


def incidents_url(scope, **asked):
    """The list of incidents, as far as it knows the scope: whatever the period, what is open is open now."""
    kept = {name: value for name, value in scope.query.items() if name in LIVE}
    return f"{reverse('incidents:list')}?{urlencode(_said({'view': 'open', **kept, **asked}))}"


def page_url(name, scope, **asked):
    """A dashboard in the same scope."""
    return f"{reverse(name)}?{urlencode(_said({**scope.query, **asked}))}"


def _said(asked):
    return {name: value for name, value in asked.items() if value not in ("", None)}
