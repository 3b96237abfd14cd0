"""Addresses of the kernel's own pages."""

from django.urls import path

from itsm.core import views

app_name = "core"
urlpatterns = [path("settings/components/", views.components, name="components")]
