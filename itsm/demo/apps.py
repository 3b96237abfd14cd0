from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "itsm.demo"
    label = "demo"
