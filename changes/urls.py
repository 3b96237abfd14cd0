"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import acting, listing, mapping, record
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"

CHANGES = [
    path("changes/", listing.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
    path("changes/CHG-<number:number>/say/", record.change_say, name="say"),
    path("changes/CHG-<number:number>/map/", mapping.change_map, name="map"),
]

WRITING = []

DECIDING = []

SCHEDULING = []

RELEASES = []

FIGURES = []

ACTS = [path("changes/CHG-<number:number>/<slug:name>/", acting.change_act, name="act")]
"""After everything that has an address of its own below a change."""

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + RELEASES + FIGURES + ACTS
