"""Lists of audits, findings and actions as CSV: the rows that the page shows, all of them."""

import dataclasses
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Columns, and `cells(row)` for each."""

    columns: tuple
    cells: Callable


def _finding_cells(finding):
    return [
        finding.shown_number, finding.get_grade_display(), finding.get_status_display(), finding.clause, finding.process,
        finding.requirement, finding.evidence, finding.gap, finding.grade_why, finding.get_source_display(), finding.source_words,
        finding.population, finding.failed, finding.auditee.display, finding.raised_by.display if finding.raised_by else "",
        finding.raised_at, finding.closed_at,
    ]  # fmt: skip


def _action_cells(action):
    if action.origin == "review":
        return _decision_cells(action)
    people = [person.display if person else "" for person in (action.owner, action.implementer, action.verifier)]
    return [
        action.shown_number, action.finding.shown_number, action.cycle, action.finding.get_grade_display(), action.get_status_display(),
        action.finding.title, *people, action.answer_by, action.due_on, action.verify_by, action.next_due_on, action.due_moves,
        action.implemented_at, action.ended_at, _("A finding"),
    ]  # fmt: skip


def _decision_cells(action):
    people = [person.display if person else "" for person in (action.owner, action.done_by, action.accepted_by)]
    return [
        action.shown_number, action.review.shown_number, "", "", action.get_status_display(), action.title, *people, "", action.due_on, "",
        action.next_due_on, action.due_moves, action.done_at, action.ended_at, _("A management review"),
    ]  # fmt: skip


FINDINGS = Sheet(
    (_("Number"), _("Grade"), _("State"), _("Clause"), _("Process"), _("Requirement"), _("Evidence"), _("Gap"), _("Why this grade"),
     _("Source"), _("Where exactly"), _("Records looked at"), _("Of them failed"), _("Answers for it"), _("Raised by"), _("Raised at"),
     _("Closed at")),
    _finding_cells,
)  # fmt: skip
ACTIONS = Sheet(
    (_("Number"), _("Finding or review"), _("Round"), _("Grade"), _("State"), _("Title"), pgettext_lazy("action", "Owner"),
     _("Carried out by"), _("Judged or accepted by"),
     _("Plan due"), _("Action due"), _("Verdict due"), _("Due now"), _("Dates moved"), _("Done at"), _("Ended at"), _("Source")),
    _action_cells,
)  # fmt: skip


def _audit_cells(audit):
    year = audit.programme.year if audit.programme else ""
    days = [audit.starts_on, audit.ends_on, audit.period_from, audit.period_until]
    said = [", ".join(str(label) for label in audit.method_labels), audit.scope, audit.criteria, audit.conclusion]
    return [
        audit.shown_number, audit.title, audit.get_sort_display(), audit.get_status_display(), year, audit.lead.display, *days, *said,
        audit.started_at, audit.ended_at,
    ]  # fmt: skip


AUDITS = Sheet(
    (_("Number"), _("Title"), _("Sort"), _("State"), _("Programme"), _("Lead auditor"), _("Begins on"), _("Ends on"), _("Records from"),
     _("Records until"), _("Methods"), _("Audit scope"), _("Audit criteria"), _("Audit conclusion"), _("Begun at"), _("Ended at")),
    _audit_cells,
)  # fmt: skip
