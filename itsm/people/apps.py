from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "itsm.people"
    label = "people"
    verbose_name = _("People")

    def ready(self):
        from itsm.people import panels

        panels.register()
