from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Incidents")

    def ready(self):
        from incidents import access, answers, causes, kinds, measures, panels, purposes, receivers

        access.register()
        answers.register()
        causes.register()
        kinds.register_all()
        measures.register()
        panels.register()
        purposes.register()
        receivers.connect()
