from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "itsm.core"
    label = "core"

    def ready(self):
        from itsm.core import panels

        panels.register()
