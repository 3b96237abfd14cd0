"""What became of earlier decisions, of findings and their corrections, of rules and audits, of opportunities."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import known
from audits.grading import NONCONFORMITIES, Grade
from audits.inputs.lines import STATE, Line
from audits.models import Audit, AuditReport, CorrectiveAction, Finding, ReviewAction, ReviewActionStatus, Run, Source
from audits.models.action import RUNNING
from itsm.people.zones import company_day

MOST = 60
"""So many earlier actions are listed one by one; the numbers above them count all."""


def former_actions(asked):
    """The actions of earlier reviews: how many, and each that was not over before the period."""
    at, then = asked.end, asked.period.since
    rows = ReviewAction.objects.decided()
    ends, starts = _open(at), _open(then)
    found = rows.aggregate(
        open=Count("id", filter=ends), open_before=Count("id", filter=starts),
        late=Count("id", filter=_late(at)), late_before=Count("id", filter=_late(then)),
        accepted=Count("id", filter=_ended("accepted", asked.period, at)),
        accepted_before=Count("id", filter=_ended("accepted", asked.before, at)),
        dropped=Count("id", filter=_ended("dropped", asked.period, at)),
        dropped_before=Count("id", filter=_ended("dropped", asked.before, at)),
    )  # fmt: skip
    address = f"{reverse('audits:actions')}?source=review&view="
    return [
        _counted("open", pgettext_lazy("review actions", "Still to be done"), found, "down", f"{address}running"),
        _counted("late", _("Of them overdue"), found, "down", f"{address}overdue"),
        _counted("accepted", _("Done and accepted in the period"), found, "up", f"{address}over"),
        _counted("dropped", _("Dropped in the period"), found, "", f"{address}over"),
        *map(_named, rows.filter(ends | Q(ended_at__gte=then)).select_related("owner").order_by("due_on", "id")[:MOST]),
    ]


def _open(at):
    return Q(begun_at__lte=at) & (Q(ended_at=None) | Q(ended_at__gt=at))


def _late(at):
    return _open(at) & Q(due_on__lt=company_day(at)) & (Q(done_at=None) | Q(done_at__gt=at))


def _ended(status, period, at):
    return Q(status=status, ended_at__gte=period.since, ended_at__lt=period.until, ended_at__lte=at)


def _counted(key, label, found, better, url):
    return Line(key, label, found[key], found[f"{key}_before"], better=better, url=url)


def _named(action):
    status = ReviewActionStatus(action.status)
    words = lambda: f"{status.label} · {action.owner.name} · {action.due_on.isoformat()}"  # noqa: E731 -- asked in each language
    return Line(action.shown_number, f"{action.shown_number} {action.title}", words, unit=STATE, url=action.get_absolute_url())


def nonconformities(asked):
    """Nonconformities raised and open, and what became of the corrections; two queries."""
    findings = _findings(asked, Finding.objects.nonconformities())
    actions = _corrections(asked)
    address = reverse("audits:findings")
    grades = "".join(f"&grade={grade}" for grade in NONCONFORMITIES)
    doing = f"{reverse('audits:actions')}?source=finding&view="
    return [
        _counted("raised", _("Nonconformities raised in the period"), findings, "down", f"{address}?view=all{grades}"),
        _counted("major", _("Of them major"), findings, "down", f"{address}?view=all&grade=major"),
        _counted("open", _("Open at its end"), findings, "down", f"{address}?view=open{grades}"),
        _counted("effective", _("Corrective actions that proved to work"), actions, "up", f"{doing}over&state=effective"),
        _counted("ineffective", _("Corrective actions that did not work"), actions, "down", f"{doing}over&state=ineffective"),
        Line("overdue", _("Corrective actions overdue now"), actions["overdue"], better="down", url=f"{doing}overdue"),
    ]


def _findings(asked, rows):
    raised = lambda period: Q(raised_at__gte=period.since, raised_at__lt=period.until)  # noqa: E731
    still = lambda at: Q(raised_at__lte=at) & (Q(closed_at=None) | Q(closed_at__gt=at))  # noqa: E731
    closed = lambda period: Q(status="closed", closed_at__gte=period.since, closed_at__lt=period.until)  # noqa: E731
    counts = {"open": still(asked.end), "open_before": still(asked.period.since)}
    for ending, period in (("", asked.period), ("_before", asked.before)):
        counts[f"raised{ending}"], counts[f"closed{ending}"] = raised(period), closed(period)
        counts[f"major{ending}"] = raised(period) & Q(grade=Grade.MAJOR)
    rows = rows.exclude(status="withdrawn").filter(raised_at__lte=asked.end)
    return rows.aggregate(**{name: Count("id", filter=wanted) for name, wanted in counts.items()})


def _corrections(asked):
    counts = {"overdue": Q(status__in=RUNNING, next_due_on__lt=company_day(asked.at))}
    for ending, period in (("", asked.period), ("_before", asked.before)):
        for status in ("effective", "ineffective"):
            counts[f"{status}{ending}"] = Q(status=status, ended_at__gte=period.since, ended_at__lt=period.until)
    return CorrectiveAction.objects.aggregate(**{name: Count("id", filter=wanted) for name, wanted in counts.items()})


def audit_results(asked):
    """Which audits were reported, what they found, by where findings came from, and how the rules stand; five queries."""
    return [*_by_audit(asked), *_by_source(asked), *_by_rule(asked)]


def _by_audit(asked):
    counts = {
        f"audits{ending}": Q(issued_at__gte=period.since, issued_at__lt=period.until, issued_at__lte=asked.end)
        for ending, period in (("", asked.period), ("_before", asked.before))
    }
    issued = AuditReport.objects.filter(audit__in=Audit.objects.counting())
    found = issued.aggregate(**{name: Count("id", filter=wanted) for name, wanted in counts.items()})
    return [_counted("audits", _("Audits reported in the period"), found, "", f"{reverse('audits:audits')}?view=all")]


def _by_source(asked):
    rows, counts = Finding.objects.exclude(status="withdrawn"), {}
    for source in Source:
        for ending, period in (("", asked.period), ("_before", asked.before)):
            counts[f"{source.value}{ending}"] = Q(source=source, raised_at__gte=period.since, raised_at__lt=period.until,
                                                  raised_at__lte=asked.end)  # fmt: skip
    found = rows.aggregate(**{name: Count("id", filter=wanted) for name, wanted in counts.items()})
    address = f"{reverse('audits:findings')}?view=all&source="
    words = lambda source: lambda: _("Findings from: %(source)s") % {"source": source.label}  # noqa: E731 -- asked in each language
    return [_counted(source.value, words(source), found, "", f"{address}{source.value}") for source in Source]


def _by_rule(asked):
    ids = list(known.rules())
    now, then = _state(ids, asked.end), _state(ids, asked.period.since)
    address = reverse("audits:rules")
    return [
        Line("rules-failing", _("Rules that some record fails"), now["failing"], then["failing"], better="down",
             url=f"{address}?result=failing"),
        Line("rules-passing", _("Rules that every record passes"), now["passing"], then["passing"], better="up",
             url=f"{address}?result=passing"),
        Line("records-failing", _("Records that fail a rule, each counted for every rule"), now["failed"], then["failed"], better="down",
             url=address),
    ]  # fmt: skip


def _state(ids, at):
    """How the last runs up to an instant stand; None of everything where nothing had run."""
    runs = list(Run.objects.done().filter(rule__in=ids, until__lte=at).order_by("rule", "-id").distinct("rule"))
    if not runs:
        return dict.fromkeys(("failing", "passing", "failed"))
    failing = sum(1 for run in runs if run.failed)
    passing = sum(1 for run in runs if run.population and not run.failed)
    return {"failing": failing, "passing": passing, "failed": sum(run.failed for run in runs)}


def improvements(asked):
    """Observations and opportunities: raised, settled, open; one query."""
    found = _findings(asked, Finding.objects.exclude(grade__in=NONCONFORMITIES))
    address = f"{reverse('audits:findings')}?view=all&grade=opportunity&grade=observation"
    return [
        _counted("raised", _("Observations and opportunities raised in the period"), found, "up", address),
        _counted("closed", _("Of all, settled in the period"), found, "up", address),
        _counted("open", pgettext_lazy("opportunities", "Open at its end"), found, "", address),
    ]
