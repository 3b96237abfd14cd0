"""Choosing among many: rows that may be ten thousand are searched as one types, and only the chosen ones are drawn."""

from django import forms
from django.utils.translation import gettext_lazy as _

GONE = _("One of those chosen does not exist here any more, or is retired. Take it out.")


class ManyField(forms.ModelMultipleChoiceField):
    """Rows to choose several of, all drawn."""

    def __init__(self, queryset, **details):
        super().__init__(queryset, required=False, **details)
        self.error_messages |= {"invalid_choice": GONE, "invalid_pk_value": GONE}


class SearchedField(ManyField):
    """Rows to choose several of, found by typing; `draw` those that are chosen."""

    def draw(self, chosen):
        """Let the select hold these keys alone; nonsense among them is left out."""
        keys = [key for key in map(str, chosen or ()) if key.isascii() and key.isdigit() and len(key) < 19]
        self.widget.choices = [(row.pk, self.label_from_instance(row)) for row in self.queryset.filter(pk__in=keys[:500])]

    def label_from_instance(self, row):
        return f"{row.code} · {row.label()}"
