"""Addresses of the pages about calendars."""

from django.urls import path

from itsm.calendars import views

app_name = "calendars"
urlpatterns = [
    path("settings/calendars/", views.calendar_list, name="calendars"),
    path("settings/calendars/new/", views.calendar_add, name="calendar_add"),
    path("settings/calendars/<slug:code>/", views.calendar, name="calendar"),
    path("settings/calendars/<slug:code>/edit/", views.calendar_edit, name="calendar_edit"),
    path("settings/calendars/<slug:code>/holidays/", views.calendar_holidays, name="calendar_holidays"),
    path("settings/calendars/<slug:code>/retire/", views.calendar_retire, name="calendar_retire"),
]
