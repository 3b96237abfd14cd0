"""Let rules run over their whole population, at night and on demand; every run is kept."""

import structlog
from django.db import connection, transaction

from audits import access, judging
from audits.known import rules
from audits.models import Process, Run, RunAsked, RunOutcome
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.sweep import alone
from itsm.core.verbs import verb
from itsm.people.zones import company_day

log = structlog.get_logger(__name__)
LONGEST_MS = 50_000
"""Less than what a web worker is given for one answer."""
LONGEST_ERROR = 2000
NIGHTLY, ASKED = 20_000_603, 20_000_604


@verb
def run(rule, *, by, night=None, at=None):
    """Judge every record of a rule's population now, and keep what came of it; the Run.

    Raises NotAllowed; whatever the database says of the rule itself comes through.
    """
    if by is not None and not access.may_run(by):
        raise NotAllowed(access.may_run.sentence)
    at = at or clock.now()
    Process.objects.complete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [LONGEST_MS])
    return Run.objects.get(pk=judging.keep(rule, rule.window(at), by=by, night=night, started_at=at))


def run_all(chosen=None, *, by=None, night=None, at=None):
    """Let every rule run, or the chosen ones, each in a transaction of its own; their Runs.

    One that cannot run leaves a run that says so, and stops no other. Raises NotAllowed.
    """
    if by is not None and not access.may_run(by):
        raise NotAllowed(access.may_run.sentence)
    found = [attempt(rule, by=by, night=night, at=at) for rule in (rules().values() if chosen is None else chosen)]
    return [one for one in found if one]


def attempt(rule, *, by, night=None, at=None):
    """The Run of one rule; where it cannot run, one that says so; None where somebody else had it run the same night."""
    started_at = at or clock.now()
    try:
        return run(rule, by=by, night=night, at=started_at)
    except (NotAllowed, Refused):
        if night is None:
            raise
        return None
    except Exception as error:
        log.exception("a rule could not run", rule=rule.id)
        return _could_not(rule, error, by=by, started_at=started_at)


def _could_not(rule, error, *, by, started_at):
    words = f"{type(error).__name__}: {error}".strip()[:LONGEST_ERROR]
    with transaction.atomic():
        return Run.objects.create(
            rule=rule.id, version=rule.version, outcome=RunOutcome.ERROR, until=started_at, by=by, error=words, started_at=started_at
        )


@verb
def ask_for_all(*, by, at=None):
    """Every rule is to run now: a worker sees to it within seconds; the RunAsked that waits. Raises NotAllowed."""
    if not access.may_run(by):
        raise NotAllowed(access.may_run.sentence)
    waiting = RunAsked.objects.owed().first()
    return waiting or RunAsked.objects.create(by=by, at=at or clock.now())


def run_asked():
    """Let every rule run where somebody asked for it; how many ran. Safe twice and side by side."""
    with alone(ASKED) as is_alone:
        asked = RunAsked.objects.owed().select_related("by").first() if is_alone else None
        if asked is None:
            return 0
        allowed = access.may_run(asked.by)
        runs = run_all(by=asked.by) if allowed else []
        RunAsked.objects.filter(pk=asked.pk).update(done_at=clock.now())
        return len(runs)


def run_nightly(at=None):
    """Let every rule run that has no result of this day's night; how many ran. Safe twice and side by side."""
    at = at or clock.now()
    night = company_day(at)
    with alone(NIGHTLY) as is_alone:
        if not is_alone:
            return 0
        done = set(Run.objects.filter(night=night).values_list("rule", flat=True))
        return len(run_all([rule for name, rule in rules().items() if name not in done], night=night, at=at))
