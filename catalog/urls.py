"""Addresses of the service catalogue."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("services/", views.service_list, name="services"),
    path("services/new/", views.service_edit, name="service_new"),
    path("services/<slug:code>/", views.service, name="service"),
    path("services/<slug:code>/edit/", views.service_edit, name="service_edit"),
    path("services/<slug:code>/retire/", views.service_retire, name="service_retire"),
    path("services/<slug:code>/customers/", views.entitlement_add, name="entitlement_add"),
    path("services/<slug:code>/customers/<int:pk>/end/", views.entitlement_end, name="entitlement_end"),
]
