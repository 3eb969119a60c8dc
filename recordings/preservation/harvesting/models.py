"""What harvesters were told of a recording."""

from django.db import models

from recordings.catalogue.models import Recording


class HarvestRecord(models.Model):
    """A recording that was public once: never forgotten, so that harvesters learn that it went (deletedRecord)."""

    recording = models.OneToOneField(Recording, models.PROTECT, related_name="harvest")
    datestamp = models.DateTimeField(help_text="When what is told of it last changed, in whole seconds.")
    deleted = models.BooleanField(default=False, help_text="Not for everybody any more.")
    set_spec = models.CharField(
        max_length=80, blank=True, help_text="Its community's uuid, or that and its series', with a colon."
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of its Dublin Core as last told.")
    revision = models.PositiveIntegerField(default=0, help_text="The session's revision that was read.")
    looked_at = models.DateTimeField(help_text="When it was last compared with the facts.")

    class Meta:
        ordering = ["datestamp", "pk"]
        indexes = [
            models.Index("datestamp", "id", name="harvest_datestamp"),
            models.Index("set_spec", "datestamp", "id", name="harvest_set"),
            models.Index("looked_at", "id", name="harvest_looked"),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id} at {self.datestamp:%Y-%m-%dT%H:%M:%SZ}"
