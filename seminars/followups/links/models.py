"""An address elsewhere, what was found behind it, and each place on our pages where somebody can click it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Community


class OutsideLink(models.Model):
    """An address, once for all places. Nobody but organisers is told that it leads nowhere."""

    PATIENCE = 3
    """Days on which a look finds nothing, in a row, before it counts as dead."""

    url = models.URLField(max_length=500, unique=True)
    host = models.CharField(max_length=255)
    next_at = models.DateTimeField(help_text="When it is looked at next.")
    looked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Days in a row that found nothing.")
    failing_since = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True, help_text="What went wrong last.")
    etag = models.CharField(
        max_length=200, blank=True, help_text="Of the page that was there: asked again by it."
    )
    modified = models.CharField(max_length=60, blank=True, help_text="Likewise, its Last-Modified.")

    class Meta:
        indexes = [
            models.Index("next_at", name="outside_link_next"),
            models.Index("host", name="outside_link_host"),
        ]

    def __str__(self) -> str:
        return self.url


class PlaceKind(models.TextChoices):
    """What an address stands on. The values name rows: `LinkPlace.key`."""

    RESOURCE = "resource", _("Shared resource")
    SESSION = "session", _("Session")
    SERIES = "series", _("Series")
    COMMUNITY = "community", _("Community")
    PAPER = "paper", _("Discussion paper")


class LinkPlaceQuerySet(models.QuerySet["LinkPlace"]):
    """Questions about places."""

    def dead(self) -> Self:
        """Those whose address leads nowhere, and of which nobody said that it is all right."""
        return self.filter(link__failures__gte=OutsideLink.PATIENCE, settled_at=None)


class LinkPlace(models.Model):
    """Where an address stands. key: of a paper that of its version, else of the thing itself."""

    link = models.ForeignKey(OutsideLink, models.CASCADE, related_name="places")
    community = models.ForeignKey(Community, models.CASCADE, related_name="outside_links")
    kind = models.CharField(max_length=9, choices=PlaceKind)
    key = models.PositiveBigIntegerField()
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody said that it is all right."
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = LinkPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("link", "kind", "key", name="link_place_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
