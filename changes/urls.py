"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import acting, deciding, delegating, record
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"

CHANGES = [
    path("changes/", record.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
]

WRITING = []

DECIDING = [
    path("changes/inbox/", deciding.inbox, name="inbox"),
    path("changes/inbox/<int:pk>/", deciding.seat, name="seat"),
    path("changes/delegations/", delegating.delegations, name="delegations"),
    path("changes/delegations/new/", delegating.delegate, name="delegate"),
    path("changes/delegations/<int:pk>/withdraw/", delegating.withdraw, name="delegation_withdraw"),
]

SCHEDULING = []

RELEASES = []

FIGURES = []

ACTS = [path("changes/CHG-<number:number>/<slug:name>/", acting.change_act, name="act")]
"""After everything that has an address of its own below a change."""

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + RELEASES + FIGURES + ACTS
