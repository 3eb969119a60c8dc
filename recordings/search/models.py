"""What search looks through: one row for each recording's own words, one for each cue of its captions."""

from django.db import models

from recordings.catalogue.models import Recording


class SearchDocument(models.Model):
    """A piece of text that a hit can quote. The back end's index is beside it and can be rebuilt from it."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="documents")
    field = models.CharField(max_length=10, help_text="title, speakers, abstract, caption.")
    language = models.CharField(max_length=10, blank=True)
    seconds = models.FloatField(null=True, help_text="Where in the recording a cue begins.")
    text = models.TextField()
    folded = models.TextField(help_text="The text in lower case without accents: both back ends index this.")
