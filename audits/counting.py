"""What the measures of audits count, read from the records whenever somebody asks: few and append-only, so a past month stays as it was."""

import dataclasses
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType
from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import coverage, framework, known
from audits.grading import NONCONFORMITIES
from audits.models import CorrectiveAction, Due, Finding, FindingStatus, Programme, ReviewAction, Run, Verdict
from audits.models.action import DUE_FIELDS, ActionStatus
from itsm.core import clock
from itsm.core.measures import Counted
from itsm.core.models import StepTaken
from itsm.people.zones import company_day, company_zone

DATED, VERDICT, CLOSED, COVERAGE, RUNNING, RULES = "dated", "verdict", "corrected", "coverage", "running", "judged"
"""Kinds of what is counted."""
KEPT, MISSED, WORKED, DONE, LATE, PASSED = "kept", "missed", "effective", "done", "late", "passed"
MOVED, A_DAY = 1, timedelta(days=1)
"""Mark of a date that had been moved; a day."""
WORDS = {
    KEPT: pgettext_lazy("date", "Kept"), MISSED: pgettext_lazy("date", "Missed"), WORKED: _("Effective"), "ineffective": _("Not effective"),
    DONE: _("Audited"), "planned": pgettext_lazy("audit", "Planned"), "gap": _("Not planned"), LATE: _("Overdue"), "in_time": _("In time"),
    PASSED: _("No exception"), "failing": _("Exceptions"), "error": _("Could not run"),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Thing:
    """What a row is about where it is no record: a clause, a process, a rule."""

    shown_number: str
    title: str
    url: str

    def get_absolute_url(self):
        return self.url


def dates(since, until):
    """One for each date of a corrective action that was kept, or passed without being kept; four queries.

    A date that had passed before it was moved stays missed, so that a past month stays as it was.
    """
    now = clock.now()
    proposed = _first_proposals()
    for action in CorrectiveAction.objects.select_related("finding").prefetch_related("moves"):
        ends = {Due.ANSWER: proposed.get(action.pk), Due.ACTION: action.implemented_at, Due.VERDICT: _judged_at(action)}
        for which, met in ends.items():
            for due, moved, at, outcome in _decided(_set(action, which), met, min(now, _dropped_at(action) or now)):
                if since <= at < until:
                    yield Counted(at, action, outcome, _dated_words(which, due, outcome, moved), MOVED if moved else 0)


def _set(action, which):
    """`[(day, until when it stood, or None)]` of every date that an action had of a sort, in order."""
    moves = [move for move in action.moves.all() if move.which == which]
    last = getattr(action, DUE_FIELDS[which])
    return [*((move.was, move.at) for move in moves), *([(last, None)] if last else [])]


def _decided(days, met, until):
    """`(day, whether it had been moved, when, outcome)` of the dates that were kept or missed; nothing of those moved or open."""
    for no, (day, ended) in enumerate(days):
        passed = datetime.combine(day + A_DAY, time(), ZoneInfo(company_zone()))
        stood = min(until, ended) if ended else until
        if met is not None and met < passed and (ended is None or met <= ended):
            yield day, no > 0, met, KEPT
        elif passed <= stood:
            yield day, no > 0, passed, MISSED


def _first_proposals():
    """`{action id: when its plan was proposed first}`."""
    kind = ContentType.objects.get_for_model(CorrectiveAction)
    steps = StepTaken.objects.filter(content_type=kind, step="propose").order_by().values("object_id")
    return dict(steps.annotate(first=Min("effective_at")).values_list("object_id", "first"))


def _judged_at(action):
    return action.ended_at if action.status in (ActionStatus.EFFECTIVE, ActionStatus.INEFFECTIVE) else None


def _dropped_at(action):
    return action.ended_at if action.status == ActionStatus.DROPPED else None


def _dated_words(which, due, outcome, moved):
    words = _("%(which)s %(due)s, moved: %(outcome)s") if moved else _("%(which)s %(due)s: %(outcome)s")
    return words % {"which": Due(which).label, "due": due.isoformat(), "outcome": WORDS[outcome]}


def verdicts(since, until):
    """One for each verdict on an effect; one query."""
    found = Verdict.objects.filter(at__gte=since, at__lt=until).select_related("sample__action__finding")
    for verdict in found:
        outcome = WORKED if verdict.is_effective else "ineffective"
        words = f"{WORDS[outcome]} ({verdict.passed}/{verdict.judged})"
        yield Counted(verdict.at, verdict.sample.action, outcome, words)


def closed(since, until):
    """One for each nonconformity that was closed; one query."""
    done = Finding.objects.filter(status=FindingStatus.CLOSED, grade__in=NONCONFORMITIES, closed_at__gte=since, closed_at__lt=until)
    for finding in done:
        length = round((finding.closed_at - finding.raised_at).total_seconds())
        yield Counted(finding.closed_at, finding, "", finding.get_grade_display(), lengths=(length,))


def covered(_since, _until):
    """One for each audit that a clause or process needs in the year that runs now."""
    now = clock.now()
    today = company_day(now)
    programme = Programme.objects.filter(starts_on__lte=today, ends_on__gte=today).order_by("-year").first()
    for line, url in _lines(programme, now):
        for number in range(line.needed):
            outcome = DONE if number < line.done else "planned" if number < line.planned else "gap"
            yield Counted(now, Thing(line.code, line.label, url), outcome, WORDS[outcome])


def _lines(programme, now):
    if programme is None:
        url = reverse("audits:programmes")
        told = [*framework.processes().items(), *framework.clauses().items()]
        return [(coverage.Line(code, one.label(), 1, ()), url) for code, one in told]
    found = coverage.covered(programme, now)
    return [(line, programme.get_absolute_url()) for line in (*found.processes, *found.clauses)]


def running(_since, _until):
    """One for each action of findings and reviews that runs now; two queries."""
    today = company_day(clock.now())
    found = [
        *CorrectiveAction.objects.running().select_related("finding", "owner"),
        *ReviewAction.objects.running().select_related("owner"),
    ]
    for action in found:
        due = action.next_due_on
        outcome = LATE if due and due < today else "in_time"
        yield Counted(_begun_at(action), action, outcome, _("%(owner)s, due %(due)s: %(outcome)s") % {
            "owner": action.owner.display, "due": due.isoformat() if due else "–", "outcome": WORDS[outcome],
        })  # fmt: skip


def _begun_at(action):
    return action.opened_at if isinstance(action, CorrectiveAction) else action.begun_at


def last_runs(rules=None):
    """The last Run of every rule that there is; one query."""
    return Run.objects.filter(rule__in=known.rules() if rules is None else rules).order_by("rule", "-id").distinct("rule")


def judged(_since, _until):
    """One for each rule whose last run had something to test, or could not run; two queries."""
    rules = known.rules()
    for run in last_runs(rules):
        if run.is_empty and not run.is_error:
            continue
        outcome = "error" if run.is_error else "failing" if run.failed else PASSED
        words = f"{WORDS[outcome]} ({run.failed}/{run.population})" if run.failed else WORDS[outcome]
        thing = Thing(run.rule, str(rules[run.rule].question), reverse("audits:rule", args=[run.rule]))
        yield Counted(run.started_at, thing, outcome, words)


FOUND = {DATED: dates, VERDICT: verdicts, CLOSED: closed, COVERAGE: covered, RUNNING: running, RULES: judged}
"""Where each kind is read."""
