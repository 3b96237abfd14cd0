"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import acting, assessing, policies, record, standard, writing
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"

CHANGES = [
    path("changes/", record.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
]

WRITING = [
    path("changes/new/", writing.change_new, name="new"),
    path("changes/new/emergency/", writing.change_new, {"kind": "emergency"}, name="new_emergency"),
    path("changes/new/model/", writing.change_choose_model, name="new_from_model"),
    path("changes/new/model/<slug:code>/", writing.change_follow, name="follow"),
    path("changes/who/", assessing.change_who, name="who"),
    path("changes/pick/items/", writing.pick_items, name="pick_items"),
    path("changes/CHG-<number:number>/edit/", writing.change_edit, name="edit"),
    path("changes/CHG-<number:number>/risk/", assessing.change_risk, name="risk"),
    path("changes/models/", standard.model_list, name="models"),
    path("changes/models/new/", standard.model_new, name="model_new"),
    path("changes/models/<slug:code>/", standard.model, name="model"),
    path("changes/models/<slug:code>/edit/", standard.model_edit, name="model_edit"),
    path("changes/models/<slug:code>/<slug:name>/", standard.model_act, name="model_act"),
    path("changes/policy/", policies.policy_page, name="policy"),
    path("changes/policy/edit/", policies.policy_edit, name="policy_edit"),
    path("changes/policy/<int:no>/", policies.policy_page, name="policy_version"),
    path("changes/questions/", policies.questions_page, name="questions"),
    path("changes/questions/edit/", policies.questions_edit, name="questions_edit"),
    path("changes/questions/<int:no>/", policies.questions_page, name="questions_version"),
]

DECIDING = []

SCHEDULING = []

RELEASES = []

FIGURES = []

ACTS = [path("changes/CHG-<number:number>/<slug:name>/", acting.change_act, name="act")]
"""After everything that has an address of its own below a change."""

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + RELEASES + FIGURES + ACTS
