from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChangesConfig(AppConfig):
    name = "changes"
    verbose_name = _("Changes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from changes import access, authority, kinds, panels, purposes, receivers
        from changes.measures import definitions

        access.register()
        authority.register()
        definitions.register()
        kinds.register_all()
        panels.register()
        purposes.register()
        receivers.connect()
