"""What the mails about findings and actions say, in the reader's language."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from audits.days import worded
from audits.models import Due
from itsm.people.models import Person


def of_finding(notice):
    """The facts of a mail about a finding, and its gap."""
    return {"facts": _facts(notice.record), "words": notice.record.gap}


def of_action(notice):
    """The facts of a mail about an action: its finding, owner and date; how late it is where that is the point."""
    action, params = notice.record, notice.params
    finding = action.finding
    facts = [(_("Finding"), finding.shown_number), *_facts(finding), (pgettext("action", "Owner"), action.owner.display)]
    if action.next_due_on:
        facts.append((Due(action.due_kind).label, worded(action.next_due_on)))
    return {"facts": facts, "words": finding.gap, "sentence": _late(params) if "days" in params else ""}


def _facts(finding):
    return [(_("Grade"), finding.get_grade_display()), (_("Clause"), finding.clause_label), (_("State"), finding.get_status_display())]


def _late(params):
    """How late it is, and who had it, as it was when somebody was told."""
    owner = Person.objects.filter(pk=params["owner"]).first()
    sentence = ngettext(
        "%(what)s was %(day)s, %(days)s day ago; the owner is %(owner)s.",
        "%(what)s was %(day)s, %(days)s days ago; the owner is %(owner)s.",
        params["days"],
    )  # fmt: skip
    due = worded(date.fromisoformat(params["due_on"]))
    return sentence % {"what": Due(params["which"]).label, "day": due, "days": params["days"], "owner": owner.display if owner else "–"}


def of_programme(notice):
    """The facts of a mail about a programme."""
    programme = notice.record
    return {"facts": [(_("State"), programme.get_status_display())], "words": programme.objectives}


def of_audit(notice):
    """The facts of a mail about an audit: when it is, who leads it, what it looks at."""
    audit = notice.record
    facts = [
        (_("Days"), f"{worded(audit.starts_on)} – {worded(audit.ends_on)}"), (_("Lead auditor"), audit.lead.display),
        (_("State"), audit.get_status_display()),
    ]  # fmt: skip
    return {"facts": facts, "words": audit.scope}
