"""Rendered entries, feeds with their validators, and the secret addresses of personal feeds."""

from django.conf import settings
from django.db import models

from seminars.sessions.models import Session


class Entry(models.Model):
    """The rendered VEVENT of one revision of a session, in one language, in its zone or in UTC. Never changed."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="entries")
    revision = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    utc = models.BooleanField(default=False)
    stamp = models.CharField(
        max_length=16, help_text="Of the site's address and the serialiser that wrote it."
    )
    text = models.TextField()
    zone = models.CharField(
        max_length=64, blank=True, help_text="The TZID it names; empty where it names none."
    )

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint("session", "language", "utc", name="entry_once")]


class Feed(models.Model):
    """What was last served at a feed's key: its validators, and until when the bytes on disk hold."""

    key = models.CharField(max_length=120, unique=True, help_text="Such as series:9|all|sv|utc.")
    version = models.CharField(max_length=120, help_text="Of the scopes it was made from.")
    stamp = models.CharField(max_length=16)
    etag = models.CharField(max_length=80)
    file = models.CharField(max_length=100)
    changed_at = models.DateTimeField(help_text="Last-Modified; never falls.")
    good_until = models.DateTimeField(null=True, help_text="When time alone changes what belongs in it.")


class FeedToken(models.Model):
    """The secret address of a person's own feed. Reset makes a new one and revokes the old."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_tokens")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", condition=models.Q(revoked_at__isnull=True), name="feed_token_one_valid"
            )
        ]
