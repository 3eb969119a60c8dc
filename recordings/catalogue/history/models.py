"""Events of recordings, and addresses they once had."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Recording


class EventKind(models.TextChoices):
    """What can happen to a recording."""

    KEPT = "kept", _("file kept")
    VERSION_ADDED = "version added", _("new version added")
    RETIRED = "retired", _("file taken off the pages")
    VERIFIED = "verified", _("verified")
    DAMAGED = "damaged", _("found damaged")
    REPAIRED = "repaired", _("repaired")
    WITHDRAWN = "withdrawn", _("withdrawn")
    RETURNED = "returned", _("brought back")
    REWORDED = "reworded", _("title or date corrected")
    PLACED = "placed", _("put to its session")
    REDIRECTED = "redirected", _("address changed")
    BAGGED = "bagged", _("packed into a bag")


class Event(models.Model):
    """Something that happened to a recording. Only added, never changed: what was said stays said."""

    recording = models.ForeignKey(Recording, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    facts = models.JSONField(default=dict, help_text="Open to everybody who may see the recording.")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index("recording", "at", name="event_of_recording")]

    def __str__(self) -> str:
        return f"{self.recording}: {self.kind}"

    def save(self, **named: Any) -> None:
        """Add it. Raises TypeError for one that is there already."""
        if self.pk is not None:
            raise TypeError("An event is never changed; add another.")
        super().save(**named)

    def delete(self, *_args: Any, **_named: Any) -> NoReturn:
        """Raise TypeError: an event stays."""
        raise TypeError("An event is never deleted.")


class FormerAddress(models.Model):
    """The last part of an address that a recording once had: it leads there for ever, and to no other."""

    slug = models.SlugField(max_length=60, unique=True)
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="former_addresses")
    left_at = models.DateTimeField()

    class Meta:
        ordering = ["left_at", "id"]

    def __str__(self) -> str:
        return self.slug
