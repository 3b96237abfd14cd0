from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "itsm.notices"
    label = "notices"
