"""A file that somebody sends in pieces, perhaps over days."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Origin, Original, OriginalKind
from seminars.sessions.models import Session


class UploadState(models.TextChoices):
    """Where a sent file stands."""

    ARRIVING = "arriving", _("arriving")
    CHECKING = "checking", _("is checked")
    KEPT = "kept", _("kept")
    REFUSED = "refused", _("refused")


class Upload(models.Model):
    """A file on its way. `offset` bytes of it are on disk for sure; who holds `lease` writes, and nobody else."""

    token = models.CharField(max_length=43, unique=True)
    session = models.ForeignKey(Session, models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=8, choices=OriginalKind)
    language = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.HUMAN)
    filename = models.CharField(max_length=200)
    length = models.PositiveBigIntegerField(help_text="Bytes, as announced.")
    offset = models.PositiveBigIntegerField(default=0, help_text="Bytes that are on disk.")
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=UploadState, default=UploadState.ARRIVING)
    reason = models.TextField(blank=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sender = models.CharField(max_length=40, help_text="By which door: user:7, speaker:12.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="It is forgotten then, unless more of it comes.")
    original = models.ForeignKey(Original, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset__lte=models.F("length"), length__gt=0), name="upload_within_length"
            )
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="upload_expiry")]

    def __str__(self) -> str:
        return f"{self.filename} ({self.state})"
