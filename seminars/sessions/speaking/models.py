"""What somebody who appears at a session has said, and the secret link by which they say it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Person
from seminars.sessions.models import Session

KEPT = timedelta(days=30)
"""A link works for so long after its session: slides often come late."""


class Answer(models.TextChoices):
    """Whether somebody comes."""

    OPEN = "open", _("no answer yet")
    CONFIRMED = "confirmed", _("comes")
    DECLINED = "declined", _("does not come")


class Licence(models.TextChoices):
    """On which terms others may use a recording and slides."""

    BY = "cc-by-4.0", _("Creative Commons Attribution: anybody may use it and says whose it is")
    BY_NC = "cc-by-nc-4.0", _("Creative Commons Attribution, not commercial: the same, but not for money")
    ALL_RIGHTS = "all-rights", _("All rights reserved: here to read, hear and watch only")


class Engagement(models.Model):
    """A person was asked to appear at a session, and what they answered. It outlives the list of speakers."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="engagements")
    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True, help_text="To the organisers, with the answer.")
    may_record = models.BooleanField(null=True, blank=True)
    may_publish = models.BooleanField(null=True, blank=True)
    licence = models.CharField(max_length=12, choices=Licence, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When they last looked through the session's page after it."
    )
    remark = models.TextField(blank=True, help_text="What is wrong there; nothing where all is right.")

    class Meta:
        constraints = [models.UniqueConstraint("session", "person", name="engagement_once")]

    def __str__(self) -> str:
        return f"{self.person} / {self.session}"


class SpeakerLink(models.Model):
    """The secret address of a speaker's page. Revoking keeps the row, so that the address can say that it ended."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="links")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="It works until then, or 30 days after the session if later.")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When its page was first seen.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "engagement", condition=models.Q(revoked_at__isnull=True), name="speaker_link_one_valid"
            )
        ]

    @property
    def works_until(self) -> datetime:
        """The moment (aware UTC) from which it no longer opens. Load `engagement__session` with it."""
        ends_at = self.engagement.session.ends_at
        return max(self.expires_at, ends_at + KEPT) if ends_at else self.expires_at
