"""Addresses of the pages about agreements."""

from django.urls import path

from sla import views, views_check

app_name = "sla"
urlpatterns = [
    path("settings/agreements/", views.agreement_list, name="agreements"),
    path("settings/agreements/new/", views.agreement_add, name="agreement_add"),
    path("settings/agreements/<int:pk>/", views.agreement, name="agreement"),
    path("settings/agreements/<int:pk>/draft/", views.version_edit, name="version_edit"),
    path("settings/agreements/<int:pk>/<int:no>/publish/", views.version_publish, name="version_publish"),
    path("settings/agreements/<int:pk>/<int:no>/check/", views_check.version_check, name="version_check"),
    path("settings/agreements/<int:pk>/<int:no>/check/take/", views_check.version_check_take, name="version_check_take"),
    path("settings/agreements/<int:pk>/<int:no>/check/summary/", views_check.version_check_summary, name="version_check_summary"),
    path("settings/agreements/<int:pk>/end/", views.agreement_end, name="agreement_end"),
    path("sla/attainment/", views.attainment, name="attainment"),
]
