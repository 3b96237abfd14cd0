"""Who may do what with programmes and audits, and what must hold: pure questions, but for what a guard has to count."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

PLANNERS = ("internal_auditor", "service_manager")
APPROVERS = ("top_management",)


def may_read(person):
    """Staff read every programme and audit; a guest the audits they are invited to; nobody else any."""
    return person.is_internal


@says(_("Only internal auditors and the IT service manager plan audits."))
def may_plan_audits(person, record=None):
    return person.is_internal and (person.is_superuser or person.has_role(*PLANNERS))


@says(_("Only top management may do this."))
def may_approve_programmes(person, record=None):
    return person.is_internal and person.has_role(*APPROVERS)


@says(_("Only who leads the audit may do this."))
def may_lead(person, audit):
    return person.is_internal and person.pk == audit.lead_id


@says(_("Only who leads the audit, or the IT service manager, may do this."))
def may_arrange(person, audit):
    return person.is_internal and (person.pk == audit.lead_id or person.is_superuser or person.has_role("service_manager"))


@says(_("Only the audit team may do this."))
def may_audit_here(person, audit):
    return person.is_internal and person.pk in team_ids(audit)


def team_ids(audit):
    """Ids of the lead and the auditors of an audit, kept with the instance."""
    if "_team_ids" not in audit.__dict__:
        auditors = audit.members.standing().exclude(role="guest").values_list("person_id", flat=True)
        audit.__dict__["_team_ids"] = {audit.lead_id, *auditors}
    return audit.__dict__["_team_ids"]


def has_areas(audit):
    return audit.areas.standing().exists()


def has_auditors(audit):
    return not audit.areas.standing().filter(auditor=None).exists()


def has_agenda(audit):
    return audit.agenda.standing().exists()


def has_meetings(audit):
    """Whether the agenda begins with an opening meeting and ends with a closing one."""
    return {"opening", "closing"} <= set(audit.agenda.standing().values_list("sort", flat=True))


def has_checklist(audit):
    return audit.checklist.exists()


def is_asked(audit):
    """Whether every area has a question on the checklist."""
    return not audit.areas.standing().exclude(pk__in=audit.checklist.filter(area__isnull=False).values("area")).exists()


def is_answered(audit):
    return not audit.checklist.filter(result="open").exists()


def is_corrected(audit):
    """Whether every nonconformity of the audit is closed or withdrawn."""
    return not audit.findings.nonconformities().exclude(status__in=("closed", "withdrawn")).exists()


NEEDS_AREAS = (has_areas, _("Say first what is audited: at least one process or clause."))
NEEDS_AUDITORS = (has_auditors, _("Every area needs an auditor first."))
NEEDS_AGENDA = (has_agenda, _("Write the agenda first; it can be drafted by a click."))
NEEDS_CHECKLIST = (has_checklist, _("Write the checklist first; it can be drafted by a click."))
NEEDS_MEETINGS = (has_meetings, _("The agenda needs an opening and a closing meeting."))
NEEDS_QUESTIONS = (is_asked, _("An area has no question on the checklist yet; they can be drafted by a click."))
NEEDS_ANSWERS = (is_answered, _("Some questions of the checklist have no answer yet."))
NEEDS_CORRECTION = (is_corrected, _("It can be closed once every nonconformity it raised is closed."))
