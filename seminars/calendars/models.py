"""Rendered entries, feeds with their validators, and the secret addresses of personal feeds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.series.models import Series
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
    name = models.TextField(
        blank=True, default="", help_text="Of a public one: its slug, or a filter's values."
    )
    purged = models.CharField(
        max_length=120, blank=True, default="", help_text="The version of which caches in front were told."
    )


class Calendar(models.TextChoices):
    """What a secret address leads to."""

    SESSIONS = "me", _("my sessions")
    TASKS = "tasks", _("my tasks")


class FeedToken(models.Model):
    """One secret address of a person's own feed; they have as many as programs. Reset makes a new one of that name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_tokens")
    calendar = models.CharField(max_length=5, choices=Calendar, default=Calendar.SESSIONS)
    name = models.CharField(max_length=60, blank=True, help_text="Such as Phone; given by its owner.")
    token = models.CharField(max_length=64, unique=True)
    digest = models.CharField(  # noqa: DJ001  # unknown of the oldest, and unique
        max_length=64, unique=True, null=True, help_text="SHA-256 of the token: what is looked up."
    )
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    client = models.CharField(max_length=30, blank=True, help_text="Which program came last, kept coarse.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(calendar__in=Calendar.values), name="feed_token_of")
        ]


class KnownValue(models.Model):
    """A value by which feeds were filtered once, such as a topic: its addresses answer for ever."""

    field = models.CharField(max_length=12)
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint("field", "value", name="known_value_once")]


class Follow(models.Model):
    """A person wants a series in their own calendar, member or not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    series = models.ForeignKey(Series, models.CASCADE, related_name="followers")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("user", "series", name="follow_once")]
