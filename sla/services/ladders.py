"""The ladder of a draft: write it, and rehearse who would be told when, by the functions that the sweep itself uses."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from itsm.calendars.worktime import NoWorkingTime
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.rollcall import PlannedRollCall
from sla import clockwork, ladder, log, rules
from sla.clockwork import Event, State
from sla.models import AgreementVersion, Metric, VersionStatus
from sla.services.promises import newest_calendars
from sla.services.recipients import Audience

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
WRITABLE = (VersionStatus.DRAFT, VersionStatus.NEGOTIATED)


@verb
def save_ladder(version, *, by, rungs):
    """Replace the ladder of a draft. Raises NotAllowed, Refused with the first thing that is wrong."""
    if not rules.may_keep_agreements(by):
        raise NotAllowed(rules.may_keep_agreements.sentence)
    version = AgreementVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status not in WRITABLE:
        raise Refused(_("Only a draft's ladder can be changed. Take the offer back, or write a new version."), code="not_a_draft")
    if found := ladder.refusals(rungs, targets_of_ladder(version)):
        raise Refused(found[0], code="ladder")
    version.ladder = [rung.kept() for rung in sorted(rungs, key=lambda rung: rung.mark)]
    version.save()
    return version


def targets_of_ladder(version):
    """The (priority, metric, seconds) that a version's ladder is for; one query."""
    return list(version.targets.order_by().values_list("priority", "metric", "seconds"))


@dataclass(frozen=True)
class Telling:
    """One step of a rehearsal: its mark, when it comes, who is told; `since` is how long after the breach, in seconds."""

    mark: int
    at: datetime
    people: list
    since: int
    with_marks: tuple


@dataclass(frozen=True)
class Rehearsal:
    """The steps of one clock; `left_out`: (mark, the step at which its people hear instead). Without steps the calendar never opens."""

    metric: str
    seconds: int
    tellings: list
    left_out: list

    @property
    def label(self):
        """The clock's name in the active language."""
        return Metric(self.metric).label


def rehearse(version, *, tier, priority, contacted_at, team, assignee):
    """A Rehearsal for each clock of a contact at that instant that nobody touches, with shifts and absences as planned."""
    held = version.targets.filter(tier=tier, priority=priority).exclude(metric=Metric.SUPPORT)
    calendars = newest_calendars({target.calendar_id for target in held})
    return [
        _rehearsed(version, target, calendars[target.calendar_id], contacted_at, (assignee, team))
        for target in sorted(held, key=lambda target: Metric.values.index(target.metric))
        if target.calendar_id in calendars
    ]


def _rehearsed(version, target, calendar, contacted_at, holders):
    """One clock's rehearsal; `holders` are who has the record, and which team."""
    held = log.terms(target.seconds, version, calendar, target.tier, target.priority, target.metric)
    try:
        state = clockwork.apply(State(), Event(clockwork.START, contacted_at, held))
        steps = state.steps_due(END_OF_TIME)
    except NoWorkingTime:
        return Rehearsal(target.metric, target.seconds, [], [])
    tellings = [_telling(state, mark, when, version, target, holders) for mark, when in steps]
    left_out = [(mark, found.mark) for found in tellings for mark in found.with_marks if mark != found.mark]
    return Rehearsal(target.metric, target.seconds, tellings, left_out)


def _telling(state, mark, when, version, target, holders):
    marks, (assignee, team) = state.heard_at(mark), holders
    roll = PlannedRollCall(when, [assignee, team and team.lead])
    people = Audience(assignee, team, roll).of(version, marks, target.priority, target.metric)
    since = max(0, dict(state.steps())[mark] - state.allowed_us) // log.MICROS
    return Telling(mark, when, people, since, marks)
