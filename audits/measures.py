"""What is measured of audits, findings and what becomes of them (clauses 9.2, 10.1): the words; audits.counting reads the records."""

from django.utils.translation import gettext_lazy as _

from audits import counting
from itsm.core import measures
from itsm.core.measures import Better, Lot, Measure, Source, Unit

IN_TIME, AS_SET, EFFECTIVE, CLOSED = "findings_in_time", "findings_as_first_set", "effectiveness_pass_rate", "finding_duration"
COVERED, OVERDUE, PASSING = "programme_coverage", "actions_overdue", "rules_passing"
GROUP, TITLE, PAGE = "assurance", _("Assurance dashboard"), "audits:assurance"
_DATES = _("Dates of corrective actions (plan, action, verdict) that were kept or passed in the period.")
MEASURES = (
    Measure(
        IN_TIME, counting.DATED, _("Findings on time"), _("Is what was found put right in time?"),
        _("Dates of corrective actions that were kept, as they stood when they were decided, of all that were kept or passed."),
        _DATES, Unit.PERCENT, "10.1", GROUP, counted=Lot((counting.KEPT,)),
    ),
    Measure(
        AS_SET, counting.DATED, _("On time as first agreed"), _("Would it be in time if no date had moved?"),
        _("Dates that were kept and had never been moved, of all that were kept or passed."),
        _DATES, Unit.PERCENT, "10.1", GROUP, counted=Lot((counting.KEPT,), without=counting.MOVED),
    ),
    Measure(
        EFFECTIVE, counting.VERDICT, _("Effectiveness pass rate"), _("Do corrections work?"),
        _("Corrective actions judged effective on a sample of records from after the fix, of all that were judged."),
        _("Corrective actions whose effect was judged in the period."), Unit.PERCENT, "10.1", GROUP,
        counted=Lot((counting.WORKED,)),
    ),
    Measure(
        CLOSED, counting.CLOSED, _("Time to close a nonconformity"), _("How long does a correction take until it is proven?"),
        _("From raising a nonconformity to the verdict that closes it: mean, median and 90th percentile, by the clock."),
        _("Nonconformities closed in the period."), Unit.LENGTH, "10.1", GROUP, length=0, better=Better.DOWN,
    ),
    Measure(
        COVERED, counting.COVERAGE, _("Programme coverage"), _("Is everything audited?"),
        _("Audits of clauses and processes that were done, of all that the year’s programme needs: each once, critical ones twice in the "
          "first year, and what failed before twice."),
        _("Every clause and every process of the year that runs now, whatever the period."), Unit.PERCENT, "9.2", GROUP,
        counted=Lot((counting.DONE,)),
    ),
    Measure(
        OVERDUE, counting.RUNNING, _("Actions overdue"), _("What should be done by now?"),
        _("Actions from findings and reviews whose date has passed, of all that run."),
        _("Actions that run now, whatever the period."), Unit.PERCENT, "10.1", GROUP, counted=Lot((counting.LATE,)), better=Better.DOWN,
    ),
    Measure(
        PASSING, counting.RULES, _("Rules without exceptions"), _("How much of what we promise ourselves do the records show?"),
        _("Rules whose last run found no exception, of all whose last run had something to test."),
        _("The last run of every rule, whatever the period."), Unit.PERCENT, "9.2", GROUP, counted=Lot((counting.PASSED,)),
    ),
)  # fmt: skip


def register():
    """Make them known, with where each kind is read."""
    measures.register(*MEASURES)
    for kind, find in counting.FOUND.items():
        measures.register_source(kind, Source(find, TITLE, PAGE))
