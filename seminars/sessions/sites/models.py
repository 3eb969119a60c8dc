"""A listening site, registered by who opens its doors."""

from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from seminars.fields import ZoneField
from seminars.sessions.models import Session

MOST_HEADS = 10_000


class SiteQuerySet(models.QuerySet["ListeningSite"]):
    """Questions about listening sites."""

    def standing(self) -> Self:
        """Sites that are still to be there."""
        return self.filter(withdrawn_at=None)

    def welcoming(self) -> Self:
        """Sites that anybody may hear of."""
        return self.standing().filter(welcome=True)

    def heads(self) -> int:
        """How many people are expected at them."""
        found: dict[str, Any] = self.aggregate(heads=models.Sum("expected"))
        return found["heads"] or 0


class ListeningSite(models.Model):
    """A place where a group follows a session together. `token` is the secret by which its contact changes it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="sites")
    place = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    zone = ZoneField(help_text="Whose clock counts there.")
    contact = models.CharField(max_length=100)
    email = models.EmailField(help_text="Seen by organisers only.")
    expected = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_HEADS)])
    holds = models.PositiveIntegerField(null=True, blank=True, help_text="People its own room holds.")
    welcome = models.BooleanField(
        default=False, help_text="Others may come; then the session's page says so."
    )
    notes = models.TextField(blank=True, max_length=1000, help_text="To the organisers.")
    token = models.CharField(max_length=64, unique=True)
    form_key = models.CharField(
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        help_text="Of the form it came from: a double click makes one.",
    )
    came = models.PositiveIntegerField(null=True, blank=True, help_text="Heads counted, after the session.")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["city", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                "session",
                Lower("place"),
                Lower("city"),
                condition=models.Q(withdrawn_at__isnull=True),
                name="listening_site_once",
            ),
            models.CheckConstraint(
                condition=models.Q(expected__gte=1, expected__lte=MOST_HEADS), name="listening_site_heads"
            ),
            models.CheckConstraint(
                condition=models.Q(holds__isnull=True) | models.Q(holds__gte=models.F("expected")),
                name="listening_site_fits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.city}"
