from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("Service levels")

    def ready(self):
        from sla import coverage, kinds, measures, panels, purposes

        coverage.register()
        kinds.register_all()
        measures.register()
        panels.register()
        purposes.register()
