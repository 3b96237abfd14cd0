from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "itsm.documents"
    label = "documents"
