"""What changed between two versions: targets by row, everything else by its words. Pure."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.models import Criticality
from itsm.core.wording import duration
from sla import wording
from sla.models import Metric


class Change(NamedTuple):
    """One thing that differs; nothing before means that it is new, nothing after that it is gone."""

    label: str
    before: str
    after: str


def changes(old, new):
    """Every Change from one Read version to another (`sla.services.terms`), targets first."""
    return _targets(old, new) + _terms(old, new)


def _targets(old, new):
    before, after = _by_row(old), _by_row(new)
    differing = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    return [Change(_label(*key), before.get(key, ""), after.get(key, "")) for key in differing]


def _by_row(read):
    return {(t.tier, t.priority, t.metric): f"{duration(t.seconds)} · {t.calendar}" for t in read.targets}


def _label(tier, priority, metric):
    return f"{Criticality(tier).label} P{priority}: {Metric(metric).label}"


def _terms(old, new):
    """The sections of the text that say something else; the hours of a calendar that both name are the calendar's own affair."""
    said = [{section.key: section for section in wording.sections(read)} for read in (old, new)]
    keys = [key for key in wording.TITLES if key not in (wording.TARGETS, wording.HOURS, "parties")]
    found = []
    for key in keys:
        before, after = (_lines(side.get(key)) for side in said)
        if before != after:
            gone, come = [line for line in before if line not in after], [line for line in after if line not in before]
            found.append(Change(str(wording.TITLES[key]), "\n".join(gone), "\n".join(come)))
    if old.version.effective_from != new.version.effective_from:
        days = [wording.company_day(read.version.effective_from).isoformat() for read in (old, new)]
        found.append(Change(_("In force from"), *days))
    return found


def _lines(section):
    return section.lines if section else []
