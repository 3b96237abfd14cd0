"""Who may keep working calendars. Roles are named here by value, because people stand above."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

KEEPERS = ("service_manager", "top_management")


@says(_("Only the service manager changes working calendars. Ask them."))
def may_keep_calendars(person):
    """Whether somebody may publish calendar versions."""
    return person.is_active and person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))
