"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import acting, calendar, feed, freezes, record
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"

CHANGES = [
    path("changes/", record.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
]

WRITING = []

DECIDING = []

SCHEDULING = [
    path("changes/calendar/", calendar.change_calendar, name="calendar"),
    path("changes/calendar/feed/", feed.feed_page, name="feed"),
    path("changes/calendar/feed/<str:token>/changes.ics", feed.feed_file, name="feed_file"),
    path("changes/conflicts/", calendar.slot_conflicts, name="conflicts"),
    path("changes/freezes/", freezes.freeze_list, name="freezes"),
    path("changes/freezes/new/", freezes.freeze_new, name="freeze_new"),
    path("changes/freezes/<int:pk>/", freezes.freeze, name="freeze"),
    path("changes/freezes/<int:pk>/edit/", freezes.freeze_edit, name="freeze_edit"),
    path("changes/freezes/<int:pk>/withdraw/", freezes.freeze_withdraw, name="freeze_withdraw"),
]

RELEASES = []

FIGURES = []

ACTS = [path("changes/CHG-<number:number>/<slug:name>/", acting.change_act, name="act")]
"""After everything that has an address of its own below a change."""

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + RELEASES + FIGURES + ACTS
