from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "itsm.core"
    label = "core"

    def ready(self):
        from django.urls import register_converter

        from itsm.core import panels, pictures
        from itsm.core.numbering import NumberConverter

        register_converter(NumberConverter, "number")
        panels.register()
        pictures.spare_them()
