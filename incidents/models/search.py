"""Search for incidents by words in Chinese and English."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from incidents.models.incident import Incident
from itsm.core import wordsearch


class SearchText(models.Model):
    """The words of one incident, kept apart so that its many updates do not touch the text index."""

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.PROTECT, related_name="search_text")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="incident_words", fastupdate=False)]

    def __str__(self):
        return str(self.incident_id)

    @classmethod
    def of(cls, incident, more=""):
        """The unsaved row for an incident's title, description and `more`."""
        return cls(incident=incident, words=wordsearch.vector(incident.title, incident.description, more))
