"""Pages of decks, when each was shown, and chapters."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.assets.models import Asset
from recordings.catalogue.models import Original, Recording


class SlidePage(models.Model):
    """A page of a deck. asset: its picture, WebP; null where only its words could be read (a PPTX without LibreOffice).

    Made again by another version, the row and so its address stay.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slides = models.ForeignKey(Original, models.PROTECT, related_name="pages")
    number = models.PositiveIntegerField(help_text="From 1.")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="slide_pages")
    width = models.PositiveIntegerField(default=0, help_text="Pixels of the picture.")
    height = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200, blank=True, help_text="Its most prominent line.")
    text = models.TextField(blank=True)
    notes = models.TextField(blank=True, help_text="What the speaker wrote beside it; for organisers only.")
    language = models.CharField(max_length=10, blank=True)
    made_version = models.PositiveIntegerField(help_text="Of the program that made it.")

    class Meta:
        ordering = ["slides", "number"]
        constraints = [models.UniqueConstraint("slides", "number", name="slide_page_once")]


class Origin(models.TextChoices):
    """Who says so."""

    FOUND = "found", _("found by itself")
    HAND = "hand", _("by hand")


class Timeline(models.Model):
    """When the pages of one deck are shown in one video. revision: counts changes, so that no hand undoes another's."""

    video = models.ForeignKey(Original, models.PROTECT, related_name="timelines")
    slides = models.ForeignKey(Original, models.PROTECT, related_name="shown_in")
    revision = models.PositiveIntegerField(default=1)
    found_version = models.PositiveIntegerField(help_text="Of the program that found the times.")
    found_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint("video", "slides", name="timeline_once")]


class SlideTime(models.Model):
    """From `start` on, and until the next one starts, this page is shown; null: no slide."""

    timeline = models.ForeignKey(Timeline, models.CASCADE, related_name="times")
    start = models.FloatField(help_text="Seconds.")
    page = models.PositiveIntegerField(null=True, blank=True)
    confidence = models.FloatField(default=1.0, help_text="0 to 1.")
    origin = models.CharField(max_length=5, choices=Origin, default=Origin.FOUND)

    class Meta:
        ordering = ["timeline", "start"]
        constraints = [
            models.UniqueConstraint("timeline", "start", name="slide_time_once"),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1) & models.Q(start__gte=0),
                name="slide_time_in_bounds",
            ),
        ]


class Chapters(models.Model):
    """The chapters of a recording, as one list. origin: by hand, once a person has changed any."""

    recording = models.OneToOneField(Recording, models.CASCADE, related_name="chapter_list")
    revision = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=5, choices=Origin, default=Origin.FOUND)
    changed_at = models.DateTimeField()


class Chapter(models.Model):
    """A part of a recording, from `start` on."""

    chapters = models.ForeignKey(Chapters, models.CASCADE, related_name="rows")
    start = models.FloatField(help_text="Seconds.")
    title = models.CharField(max_length=200)
    origin = models.CharField(max_length=5, choices=Origin, default=Origin.FOUND)

    class Meta:
        ordering = ["chapters", "start"]
        constraints = [models.UniqueConstraint("chapters", "start", name="chapter_once")]
