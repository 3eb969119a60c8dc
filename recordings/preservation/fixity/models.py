"""Second copies, and what came of reading files again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.assets.models import Asset


class Where(models.TextChoices):
    """Which of a file's two places was read."""

    STORE = "store", _("the store")
    COPY = "copy", _("the second copy")


class Outcome(models.TextChoices):
    """What came of reading a file again."""

    GOOD = "good", _("good")
    DAMAGED = "damaged", _("damaged")
    MISSING = "missing", _("missing")
    REPAIRED = "repaired", _("repaired")


class Copy(models.Model):
    """That a second copy of a file was written, and is good unless `damaged_at` is set."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="copies")
    disk = models.CharField(
        max_length=36, help_text="What the disk's marker file says: another disk has other copies."
    )
    made_at = models.DateTimeField()
    verified_at = models.DateTimeField(help_text="When it was last read and found good.")
    damaged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("asset", "disk", name="copy_once")]
        indexes = [models.Index("disk", "verified_at", name="copy_oldest")]

    def __str__(self) -> str:
        return f"{self.asset} ({self.disk[:8]})"


class Verification(models.Model):
    """One reading of one file. The last good one of a place stays, and every one that was not good."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="verifications")
    at = models.DateTimeField()
    place = models.CharField(max_length=5, choices=Where)
    outcome = models.CharField(max_length=8, choices=Outcome)
    note = models.CharField(max_length=200, blank=True, help_text="What was wrong, or what was done.")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index("asset", "place", "outcome", name="verification_of"),
            models.Index("outcome", "at", name="verification_bad"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.place}: {self.outcome}"
