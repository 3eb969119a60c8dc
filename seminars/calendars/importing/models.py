"""Calendars that are followed, what was imported last, and files that wait for a decision."""

import uuid

from django.conf import settings
from django.db import models

from seminars.fields import ZoneField
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session


class FollowedCalendar(models.Model):
    """Somebody else's calendar that fills a series: asked each hour, by its own validators."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="followed_calendars")
    address = models.URLField(max_length=500)
    zone = ZoneField(help_text="Of times that name none.")
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=80, blank=True, help_text="Last-Modified, as it was sent.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When all of it came last.")
    checked_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What was wrong the last time; empty if nothing.")
    missing = models.PositiveIntegerField(default=0, help_text="Sessions that would go, and wait for a yes.")
    seal = models.CharField(max_length=64, blank=True, help_text="Of the plan that waits for a yes.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("series", "address", name="followed_calendar_once")]

    def __str__(self) -> str:
        return self.address


class ImportedEntry(models.Model):
    """Which entry a session comes from, and what it said then: the base against which changes by hand are seen."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="imported_entries")
    source = models.CharField(max_length=80, help_text="Which calendar, such as address:<digest>.")
    uid = models.CharField(max_length=255)
    recurrence = models.CharField(max_length=32, blank=True, help_text="Original wall time, ISO 8601.")
    session = models.OneToOneField(Session, models.CASCADE, related_name="imported_entry")
    values = models.JSONField(help_text="By column, as the calendar had it.")
    seen_at = models.DateTimeField(help_text="When the calendar last held it.")

    class Meta:
        verbose_name_plural = "imported entries"
        constraints = [
            models.UniqueConstraint("series", "source", "uid", "recurrence", name="imported_entry_once")
        ]

    def __str__(self) -> str:
        return self.uid


class WaitingImport(models.Model):
    """A file that was read and shown, and waits to be applied; it can be left and come back to for two days."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="waiting_imports")
    name = models.CharField(max_length=200, help_text="Of the file, or its host.")
    address = models.URLField(max_length=500, blank=True)
    content = models.BinaryField(help_text="Compressed by zlib.")
    choices = models.JSONField(default=dict, help_text="What was chosen on the page.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
