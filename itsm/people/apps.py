from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "itsm.people"
    label = "people"
