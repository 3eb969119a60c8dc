"""Orders to erase an account."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Questions about orders."""

    def standing(self) -> Self:
        """Those that were neither taken back nor carried out."""
        return self.filter(undone_at=None, done_at=None)

    def due(self, *, now: datetime) -> Self:
        """Those whose days to think are over at `now` (aware UTC)."""
        return self.standing().filter(due_at__lte=now).order_by("due_at", "id")


class Erasure(models.Model):
    """Somebody wants to be forgotten. Nothing changes before `due_at`; then all at once. The row holds no names."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="erasures")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    keep_names = models.BooleanField(
        default=False, help_text="On recordings to whose publication they agreed as speakers."
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(default=dict, help_text="How many rows of each kind were changed.")

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "user",
                condition=models.Q(undone_at__isnull=True, done_at__isnull=True),
                name="erasure_once",
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
