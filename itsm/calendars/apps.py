from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "itsm.calendars"
    label = "calendars"
