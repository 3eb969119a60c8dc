"""Renditions of originals."""

import uuid

from django.db import models

from recordings.assets.models import Asset
from recordings.catalogue.models import Original


class Rendition(models.Model):
    """A file made from an original by a recipe: a poster, a voice-only edition."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    original = models.ForeignKey(Original, models.PROTECT, related_name="renditions")
    recipe = models.CharField(max_length=20)
    recipe_version = models.PositiveIntegerField()
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="renditions")
    input_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of what else went into it, such as slide times; empty where nothing did.",
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("original", "recipe", "recipe_version", name="rendition_once")]
