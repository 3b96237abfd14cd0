"""Addresses of the pages about agreements."""

from django.urls import path

from sla import clock_views, views, views_apply, views_check, views_ladder

app_name = "sla"
urlpatterns = [
    path("settings/agreements/", views.agreement_list, name="agreements"),
    path("settings/agreements/new/", views.agreement_add, name="agreement_add"),
    path("settings/agreements/<int:pk>/", views.agreement, name="agreement"),
    path("settings/agreements/<int:pk>/draft/", views.version_edit, name="version_edit"),
    path("settings/agreements/<int:pk>/draft/ladder/", views_ladder.ladder_edit, name="ladder_edit"),
    path("settings/agreements/<int:pk>/<int:no>/offer/", views.version_offer, name="version_offer"),
    path("settings/agreements/<int:pk>/<int:no>/withdraw/", views.version_withdraw, name="version_withdraw"),
    path("settings/agreements/<int:pk>/<int:no>/negotiate/", views.version_negotiate, name="version_negotiate"),
    path("settings/agreements/<int:pk>/<int:no>/publish/", views.version_publish, name="version_publish"),
    path("settings/agreements/<int:pk>/<int:no>/apply/", views_apply.version_apply, name="version_apply"),
    path("settings/agreements/<int:pk>/<int:no>/check/", views_check.version_check, name="version_check"),
    path("settings/agreements/<int:pk>/<int:no>/check/take/", views_check.version_check_take, name="version_check_take"),
    path("settings/agreements/<int:pk>/<int:no>/check/summary/", views_check.version_check_summary, name="version_check_summary"),
    path("settings/agreements/<int:pk>/end/", views.agreement_end, name="agreement_end"),
    path("sla/clocks/<int:pk>/seen/", views_ladder.escalation_acknowledge, name="acknowledge"),
    path("sla/clocks/<int:pk>/", clock_views.clock_detail, name="clock"),
    path("sla/clocks/<int:pk>/excuse/", clock_views.clock_excuse, name="excuse"),
    path("sla/clocks/<int:pk>/correct/", clock_views.clock_correct, name="correct"),
    path("sla/clocks/<int:pk>/corrections/<int:correction>/", clock_views.correction_decide, name="correction"),
    path("sla/clocks/<int:pk>/ledger.csv", views.clock_ledger, name="clock_ledger"),
    path("sla/attainment/", views.attainment, name="attainment"),
]
