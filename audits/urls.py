"""Addresses of audits."""

from django.urls import path

from audits.views import actions, findings

app_name = "audits"

FINDINGS = [
    path("findings/", findings.finding_list, name="findings"),
    path("findings/download/", findings.finding_download, name="findings_download"),
    path("findings/new/", findings.finding_new, name="finding_new"),
    path("findings/suggestion/", findings.finding_suggestion, name="finding_suggestion"),
    path("findings/FND-<number:number>/", findings.finding, name="finding"),
    path("findings/FND-<number:number>/seen/<int:pk>/", findings.seen_record, name="seen_record"),
    path("findings/FND-<number:number>/<slug:name>/", findings.finding_act, name="finding_act"),
]

ACTIONS = [
    path("actions/", actions.action_list, name="actions"),
    path("actions/download/", actions.action_download, name="actions_download"),
    path("actions/ACT-<number:number>/", actions.action, name="action"),
    path("actions/ACT-<number:number>/sample/", actions.action_sample, name="action_sample"),
    path("actions/ACT-<number:number>/<slug:name>/", actions.action_act, name="action_act"),
]

urlpatterns = FINDINGS + ACTIONS
