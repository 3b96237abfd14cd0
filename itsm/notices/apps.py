from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "itsm.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self):
        from itsm.notices import panels

        panels.register()
