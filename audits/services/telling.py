"""Who hears what about findings and actions."""

from audits import kinds
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Role


def tell(people, kind, about, *, but, at, **params):
    """Tell each of these people once for this step of the record; nobody hears of what they did themselves."""
    told = dict.fromkeys(person for person in people if person is not None and (but is None or person.pk != but.pk))
    lines = [notices.Told(person, kind, about, str(about.steps_taken), params) for person in told]
    notices.tell_many(lines, at=at)


def auditors(finding, at):
    """Who looks after a finding: who raised it, or else the internal auditors, or else the IT service manager."""
    if finding.raised_by is not None and finding.raised_by.is_active:
        return [finding.raised_by]
    return duty.holders(Role.INTERNAL_AUDITOR, at) or duty.holders(Role.SERVICE_MANAGER, at)


def tell_raised(finding, *, by, at):
    """A finding was raised: who answers for it hears so, of a major one the IT service manager too."""
    managers = duty.holders(Role.SERVICE_MANAGER, at) if finding.grade == "major" else []
    tell([finding.auditee, *managers], kinds.RAISED, finding, but=by, at=at)


def tell_over(finding, action, kind, *, by, at):
    """A round ended, for better or worse: everybody who had to do with it hears so."""
    managers = duty.holders(Role.SERVICE_MANAGER, at) if kind == kinds.INEFFECTIVE else []
    people = [action.owner, action.implementer, finding.auditee, *auditors(finding, at), *managers]
    tell(people, kind, action, but=by, at=at)
