"""A rule's runs over time, for a line on a page."""

from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from audits.models import Run
from changes import charts

DRAWN, LABELLED = 30, 6
"""Runs in one line, and how many of them have their day written below."""


def lately(rule_ids, most=DRAWN):
    """`{rule id: [Run]}`, each oldest first; one query however many rules there are."""
    found = {rule_id: [] for rule_id in rule_ids}
    for run in Run.objects.lately(rule_ids, most):
        found[run.rule].insert(0, run)
    return found


def chart(runs):
    """The share that passed in each run, as a Chart; runs that could not run, or had nothing to test, leave a gap."""
    every = -(-len(runs) // LABELLED)
    days = ["" if no % every else timezone.localtime(run.started_at).strftime("%m-%d") for no, run in enumerate(runs)]
    return charts.of_percent([("a", _("Passed"), [run.share for run in runs])], days) if runs else None


def spark(runs):
    """The same in small: `[(x1, y1, x2, y2)]` in percent of a little drawing, between neighbours that have a value."""
    step = 100 / max(1, len(runs) - 1)
    places = [None if run.share is None else (round(no * step, 1), round(92 - run.share * 0.84, 1)) for no, run in enumerate(runs)]
    return [(*left, *right) for left, right in pairwise(places) if left and right]


def turned(runs):
    """How many records fail more (or fewer, below nought) in the last run than in the one before; None where there are no two."""
    done = [run for run in runs if not run.is_error]
    return done[-1].failed - done[-2].failed if len(done) > 1 else None
