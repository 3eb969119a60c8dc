"""Recordings, their originals, and files that are on their way in."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from recordings.assets.models import Asset
from seminars.fields import WordsField
from seminars.people.models import Community
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.speaking.models import Licence

NEWEST = (Coalesce("session__starts_at", "published_at").desc(), "-pk")
"""Order of lists: by when they took place, the latest first; what never was a session by when it came out."""


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Questions about recordings."""

    def published(self) -> Self:
        """Recordings that are out."""
        return self.filter(published_at__isnull=False)

    def kept(self, *, now: datetime) -> Self:
        """Recordings in the archive at `now` (aware UTC): out, not withdrawn, of sessions that are over, or of none."""
        over = models.Q(session__ends_at__isnull=True) | models.Q(session__ends_at__lte=now)
        return self.published().filter(over, withdrawn_at__isnull=True, session__withdrawn_at__isnull=True)

    def visible_to(self, visitor: Visitor) -> Self:
        """Recordings the visitor may see: those of sessions they may see, and the public ones without a session."""
        if visitor.is_admin:
            return self.all()
        theirs = Session.objects.visible_to(visitor).values("id")
        out = models.Q(published_at__isnull=False)
        seen = out & (models.Q(session_id__in=theirs) | models.Q(session__isnull=True))
        if visitor.user_id is None:
            return self.filter(seen)
        return self.filter(seen | models.Q(session_id__in=Session.objects.organised_by(visitor).values("id")))


class Decider(models.TextChoices):
    """In which office somebody took a decision."""

    ORGANISER = "organiser", _("an organiser")
    ADMINISTRATOR = "administrator", _("an administrator")


class Recording(models.Model):
    """What is kept of a session, or of something that never was one (`session` empty, with words of its own)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    session = models.OneToOneField(Session, models.PROTECT, null=True, blank=True, related_name="archived")
    title = WordsField()
    abstract = WordsField()
    language = models.CharField(max_length=10, default="en")
    recorded_on = models.DateField(null=True, blank=True)
    licence = models.CharField(
        max_length=12,
        choices=Licence,
        blank=True,
        help_text="Where organisers set it; else what the speakers said counts: `catalogue.licences`.",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    withdrawn_by = models.CharField(
        max_length=13,
        choices=Decider,
        blank=True,
        help_text="Who decided it, by office: names are nobody's business.",
    )
    even_sound = models.BooleanField(
        default=False, help_text="Whether its editions are as loud as others and throughout."
    )
    indexed_revision = models.PositiveIntegerField(
        default=0, help_text="The session's revision that search knows."
    )
    indexed_form = models.PositiveSmallIntegerField(
        default=0, help_text="In which form of the index search knows it; an older one is made again."
    )
    made_at = models.DateTimeField()

    objects = RecordingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.slug


class OriginalKind(models.TextChoices):
    """What a file is to its recording."""

    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    SLIDES = "slides", _("Slides")
    CAPTIONS = "captions", _("Captions")
    REPORT = "report", _("Session report")
    PAPER = "paper", _("Discussion paper")
    HANDOUT = "handout", _("Handout")


class Origin(models.TextChoices):
    """Where the words of captions come from; of no meaning for other files."""

    HUMAN = "human", _("written by people")
    AUTOMATIC = "automatic", _("automatic")
    CORRECTED = "corrected", _("corrected by people")


class Original(models.Model):
    """A file as it came. A better version is added and supersedes it; it stays at its address."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="originals")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="originals")
    kind = models.CharField(max_length=8, choices=OriginalKind)
    language = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.HUMAN)
    filename = models.CharField(max_length=200)
    source_url = models.URLField(max_length=1000, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "language", "id"]
        constraints = [
            models.UniqueConstraint(
                "recording",
                "asset",
                "kind",
                "language",
                condition=models.Q(superseded_at__isnull=True),
                name="original_once",
            )
        ]


class ArrivalState(models.TextChoices):
    """Where a fetched file stands."""

    WAITING = "waiting", _("waiting")
    ARRIVING = "arriving", _("arriving")
    KEPT = "kept", _("kept")
    REFUSED = "refused", _("refused")


class Arrival(models.Model):
    """A file that a queued task fetches from an address; `staged` is the part that is already here."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="arrivals")
    kind = models.CharField(max_length=8, choices=OriginalKind)
    language = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.HUMAN)
    url = models.URLField(max_length=1000)
    state = models.CharField(max_length=8, choices=ArrivalState, default=ArrivalState.WAITING)
    bytes_done = models.PositiveBigIntegerField(default=0)
    bytes_total = models.PositiveBigIntegerField(null=True, blank=True)
    validator = models.CharField(
        max_length=200, blank=True, help_text="ETag or date, so that the rest is of the same file."
    )
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    original = models.ForeignKey(Original, models.SET_NULL, null=True, blank=True, related_name="+")


class FoundState(models.TextChoices):
    """Whether somebody has decided about a file."""

    DOUBTFUL = "doubtful", _("doubtful")
    TAKEN = "taken", _("taken")
    LEFT = "left", _("left out")


class FoundQuerySet(models.QuerySet["Found"]):
    """Questions about files that were found."""

    def doubtful(self) -> Self:
        """Those that nobody has decided about."""
        return self.filter(state=FoundState.DOUBTFUL)

    def decided_by(self, visitor: Visitor) -> Self:
        """Those about which the visitor may decide: of their communities; administrators, of all and of none."""
        if visitor.is_admin:
            return self.all()
        return self.filter(community__in=Community.objects.organised_by(visitor).values("pk"))


class Found(models.Model):
    """A file that a machine found somewhere and whose session is not certain: a person decides.

    It is fetched from `url`, or lies on this machine at `path`; `staged` where that copy is ours to remove.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=20, help_text="Where it was found: folder, mail, a provider's name.")
    key = models.CharField(
        max_length=500, help_text="What it is called there; found again, it is the same row."
    )
    name = models.CharField(max_length=300, help_text="File name or title.")
    path = models.TextField(blank=True)
    staged = models.BooleanField(default=False)
    url = models.URLField(max_length=1000, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=OriginalKind, default=OriginalKind.VIDEO)
    language = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.HUMAN)
    community = models.ForeignKey(
        Community,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose organisers decide.",
    )
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Perhaps, or decided."
    )
    reason = models.TextField(blank=True)
    batch = models.CharField(max_length=64, blank=True, help_text="Of one mail: its sender is told once.")
    sender = models.CharField(
        max_length=254, blank=True, help_text="Who mailed it; forgotten once they were answered."
    )
    state = models.CharField(max_length=8, choices=FoundState, default=FoundState.DOUBTFUL)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FoundQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [models.UniqueConstraint("source", "key", name="found_once")]
        indexes = [models.Index(fields=["sender"], name="found_sender", condition=~models.Q(sender=""))]

    def __str__(self) -> str:
        return f"{self.source}: {self.name}"
