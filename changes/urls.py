"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import acting, doing, record
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"

CHANGES = [
    path("changes/", record.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
]

WRITING = []

DECIDING = []

SCHEDULING = []

DOING = [
    path("changes/CHG-<number:number>/steps/<int:no>/begin/", doing.step_begin, name="step_begin"),
    path("changes/CHG-<number:number>/steps/<int:no>/end/", doing.step_end, name="step_end"),
    path("changes/CHG-<number:number>/items/<str:code>/", doing.item_update, name="item_update"),
]

RELEASES = []

FIGURES = []

ACTS = [path("changes/CHG-<number:number>/<slug:name>/", acting.change_act, name="act")]
"""After everything that has an address of its own below a change."""

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + DOING + RELEASES + FIGURES + ACTS
