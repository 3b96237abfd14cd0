from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from audits import finding_access, finding_panels, kinds, measures, panels, receivers

        finding_access.register()
        finding_panels.register()
        kinds.register_all()
        measures.register()
        panels.register()
        receivers.connect()
