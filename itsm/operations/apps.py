from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "itsm.operations"
    label = "operations"

    def ready(self):
        from itsm import pulse

        pulse.register()
