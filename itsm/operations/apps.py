from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "itsm.operations"
    label = "operations"
