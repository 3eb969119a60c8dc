"""Assets: immutable bytes under their SHA-256."""

from django.db import models


class AssetQuerySet(models.QuerySet["Asset"]):
    """Questions about files."""

    def here(self) -> "AssetQuerySet":
        """Those that lie in the store, or have to."""
        return self.filter(absent=False)


class Asset(models.Model):
    """A file in the store. Never changed, never deleted while anything points at it."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=80)
    probe = models.JSONField(
        default=dict, help_text="Duration in seconds, width and height in pixels, codecs, pages."
    )
    kept_at = models.DateTimeField()
    verified_at = models.DateTimeField(help_text="When it was last read and found good.")
    damaged_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when the store's file is damaged or gone, with nothing to repair it.",
    )

    absent = models.BooleanField(
        default=False,
        help_text="Only its tombstone came, with a bag: the file never was in this store, and nobody misses it.",
    )

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="asset_not_empty")]
        indexes = [
            models.Index("verified_at", name="asset_oldest"),
            models.Index("damaged_at", name="asset_damaged", condition=models.Q(damaged_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
