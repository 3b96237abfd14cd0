from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "itsm.links"
    label = "links"
