"""Search for changes by words in Chinese and English."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from changes.models.change import Change
from itsm.core import wordsearch

SEARCHED = ("title", "reason", "benefit", "impact")
"""Fields whose words are found."""


class SearchText(models.Model):
    """The words of one change, kept apart so that its updates do not touch the text index."""

    change = models.OneToOneField(Change, primary_key=True, on_delete=models.PROTECT, related_name="search_text")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="changes_words", fastupdate=False)]

    def __str__(self):
        return str(self.change_id)

    @classmethod
    def of(cls, change):
        """The unsaved row of a change's words."""
        return cls(change=change, words=wordsearch.vector(*(getattr(change, name) for name in SEARCHED)))
