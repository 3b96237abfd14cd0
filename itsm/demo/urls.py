"""Addresses of the demo."""

from django.urls import path

from itsm.demo import views

app_name = "demo"
urlpatterns = [path("demo/enter/", views.enter, name="enter")]
