from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "itsm.calendars"
    label = "calendars"
    verbose_name = _("Calendars")

    def ready(self):
        from itsm.calendars import panels

        panels.register()
