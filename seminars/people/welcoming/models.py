"""The words that welcome new members, whether they are sent, and to whom they were."""

from django.db import models

from seminars.fields import WordsField
from seminars.people.models import Community, Membership


class Welcome(models.Model):
    """A community's welcome. Off until an organiser turns it on: members also come from lists, unasked."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="welcome")
    words = WordsField()
    on_since = models.DateTimeField(null=True, blank=True, help_text="Who joined before is not welcomed now.")

    def __str__(self) -> str:
        return str(self.community_id)


class Welcomed(models.Model):
    """A member was welcomed: making the row is the claim."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="welcomed")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "welcomed"

    def __str__(self) -> str:
        return str(self.membership_id)
