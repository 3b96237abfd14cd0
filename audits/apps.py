from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from audits import panels, receivers

        panels.register()
        receivers.connect()
