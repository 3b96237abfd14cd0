"""Who may do what with samples and working papers, and what must hold: pure questions."""

from django.utils.translation import gettext_lazy as _

from audits import audit_rules

may_judge = audit_rules.may_audit_here
NOT_RUNNING = _("Records are judged while the audit is in progress.")
ISSUED = _("The report is issued: what was drawn and judged stays as it is.")
TIED = _("This record is not yours to judge: %(ties)s. Swap it for another, or let somebody else of the team judge it.")
ALLOWED = _("You had to do with this record (%(ties)s), and top management allowed it all the same; the report says so.")
SWAPPED = _("This record was swapped for another. Judge that one.")


def is_running(audit):
    return audit.status == "in_progress"
