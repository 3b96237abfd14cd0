"""Addresses of the figures."""

from django.urls import path

from reports.views import dashboards, exports, months, rows

app_name = "reports"
urlpatterns = [
    path("reports/sla/", dashboards.sla, name="sla"),
    path("reports/changes/", dashboards.changes, name="changes"),
    path("reports/sla/export/", exports.sla_export, name="export"),
    path("reports/changes/export/", exports.changes_export, name="changes_export"),
    path("reports/measures/", rows.definitions, name="definitions"),
    path("reports/rows/<slug:key>/", rows.figure_rows, name="rows"),
    path("reports/rows/<slug:key>/download/", rows.download, name="download"),
    path("reports/months/", months.months, name="months"),
    path("reports/months/<str:key>/", months.month, name="month"),
    path("reports/months/<str:key>/close/", months.month_close, name="month_close"),
]
