from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from audits import access, finding_panels, kinds, receivers

        access.register()
        finding_panels.register()
        kinds.register_all()
        receivers.connect()
