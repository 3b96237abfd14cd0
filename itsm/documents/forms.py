"""A form field for files, any number of them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from itsm.documents import services


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploads as a list; refuses in a sentence what can't be kept."""

    widget = FilesInput

    def __init__(self, *, required=False, label=None, **details):
        super().__init__(required=required, label=label or _("Files"), **details)

    def clean(self, data, initial=None):
        uploads = [upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if sentence := services.refusal(uploads):
            raise ValidationError(sentence, code="file_refused")
        return uploads
