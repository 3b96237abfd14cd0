"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import record
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"
urlpatterns = [
    path("changes/", record.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
]
