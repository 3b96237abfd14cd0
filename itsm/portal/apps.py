from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "itsm.portal"
    label = "portal"
    verbose_name = _("Customer's door")

    def ready(self):
        from itsm.portal import kinds

        kinds.register()
