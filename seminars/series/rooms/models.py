"""Rooms."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from seminars.people.models import Community


class RoomQuerySet(models.QuerySet["Room"]):
    """Questions about rooms."""

    def offered(self) -> Self:
        """Rooms that new sessions can take."""
        return self.filter(closed_at=None)


class Room(models.Model):
    """A room of a community. What a session says of its place in one line is a copy, kept when a room is changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=100, help_text="Such as 1.205.")
    address = models.CharField(max_length=190, blank=True)
    capacity = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="People it holds; empty if nobody counts.",
    )
    access = models.TextField(blank=True, help_text="Steps, lifts, hearing loop, which door, who to ring.")
    latitude = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text="Degrees.",
    )
    longitude = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="Degrees.",
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="No longer offered for new sessions.")
    revision = models.PositiveIntegerField(default=1)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("community", "name", "address", name="room_once"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="room_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The one line that pages, feeds and mails say of the place."""
        return f"{self.name}, {self.address}" if self.address else self.name

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees; None where nobody gave them."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude
