"""Addresses of the pages about agreements."""

from django.urls import path

from sla import views

app_name = "sla"
urlpatterns = [
    path("settings/agreements/", views.agreement_list, name="agreements"),
    path("settings/agreements/new/", views.agreement_add, name="agreement_add"),
    path("settings/agreements/<int:pk>/", views.agreement, name="agreement"),
    path("settings/agreements/<int:pk>/draft/", views.version_edit, name="version_edit"),
    path("settings/agreements/<int:pk>/<int:no>/publish/", views.version_publish, name="version_publish"),
    path("settings/agreements/<int:pk>/end/", views.agreement_end, name="agreement_end"),
    path("sla/clocks/<int:pk>/ledger.csv", views.clock_ledger, name="clock_ledger"),
    path("sla/attainment/", views.attainment, name="attainment"),
]
