"""Renditions of originals."""

import uuid

from django.db import models

from recordings.assets.models import Asset
from recordings.catalogue.models import Original


class Rendition(models.Model):
    """A file made from an original by a recipe: a poster, a voice-only edition.

    Made again, by a newer recipe or of something else, it takes the place of the one before, at the same address.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    original = models.ForeignKey(Original, models.PROTECT, related_name="renditions")
    recipe = models.CharField(max_length=20)
    recipe_version = models.PositiveIntegerField(help_text="0: it is to be made again, and serves meanwhile.")
    input = models.CharField(
        max_length=64,
        blank=True,
        help_text="What it was made of beside the original: even sound, the times of the slides.",
    )
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="renditions")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("original", "recipe", "recipe_version", name="rendition_once")]
