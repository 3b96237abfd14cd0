"""Who reads figures of the whole company, and who closes a month."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says
from sla.rules import may_read_attainment

AUDITORS = ("internal_auditor", "external_auditor", "change_manager", "product_manager", "tech_lead")


def may_read(person):
    """Whether somebody reads the dashboards and every row behind them: managers, those who audit, and leads of teams."""
    if not (person.is_active and person.is_internal):
        return False
    return may_read_attainment(person) or person.has_role(*AUDITORS) or any(person.leads(pk) for pk in person.team_ids)


@says(_("Only the service manager closes a month. Ask them."))
def may_close(person):
    """Whether somebody may close a month before it closes by itself."""
    return person.is_active and person.is_internal and (person.is_superuser or person.has_role("service_manager"))
