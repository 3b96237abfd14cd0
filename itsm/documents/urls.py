"""Addresses of files."""

from django.urls import path

from itsm.documents import views

app_name = "documents"
urlpatterns = [path("files/<uuid:pk>/", views.attachment_download, name="download")]
