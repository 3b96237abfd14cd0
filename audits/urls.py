"""Addresses of audits."""

from django.urls import path

from audits.views import processes, results, writing

app_name = "audits"

RULES = [
    path("rules/", results.rule_list, name="rules"),
    path("rules/new/", writing.rule_new, name="rule_new"),
    path("rules/retired/", writing.retired_list, name="retired"),
    path("rules/run/", results.run_every, name="run_every"),
    path("rules/<str:rule_id>/", results.rule_page, name="rule"),
    path("rules/<str:rule_id>/run/", results.rule_run, name="rule_run"),
    path("rules/<str:rule_id>/exceptions.csv", results.rule_download, name="rule_download"),
    path("rules/<str:rule_id>/edit/", writing.rule_edit, name="rule_edit"),
    path("rules/<str:rule_id>/retire/", writing.rule_retire, name="rule_retire"),
]

PROCESSES = [
    path("processes/", processes.process_list, name="processes"),
    path("processes/<slug:code>/", processes.process_page, name="process"),
    path("processes/<slug:code>/owner/", processes.process_owner, name="process_owner"),
]

urlpatterns = RULES + PROCESSES
