"""Addresses of the figures."""

from django.urls import path

from reports.views import dashboards, to_come

app_name = "reports"
urlpatterns = [
    path("reports/sla/", dashboards.sla, name="sla"),
    path("reports/changes/", dashboards.changes, name="changes"),
]
urlpatterns += [
    path("reports/rows/<slug:key>/", to_come.page, name="rows"),
    path("reports/rows/<slug:key>/download/", to_come.page, name="download"),
    path("reports/sla/export/", to_come.page, name="export"),
    path("reports/changes/export/", to_come.page, name="changes_export"),
    path("reports/measures/", to_come.page, name="definitions"),
    path("reports/months/", to_come.page, name="months"),
]  # until the pages of rows are merged
