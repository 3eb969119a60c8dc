"""Later use of the archive, counted by day; what tells one device from another, for thirty days; words of reports."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session


class UseKind(models.TextChoices):
    """What somebody did with what is kept of a session."""

    PAGE = "page", _("page opened")
    VIEW = "view", _("watched")
    LISTEN = "listen", _("listened to")
    DOWNLOAD = "download", _("fetched or read")
    PODCAST = "podcast", _("fetched by a podcast app")
    EMBED = "embed", _("played on another site")


class UseQuerySet(models.QuerySet["Use"]):
    """Questions about later use."""

    def of_files(self) -> Self:
        """Use of what was kept, not of the page that leads to it."""
        return self.exclude(kind=UseKind.PAGE)


class Use(models.Model):
    """How often one edition of what is kept of a session was used on one day (UTC). No row says by whom.

    first: of these, how many were the first use of this session by a device within its thirty days. size: bytes of
    the edition, each time whole. big: bytes of the largest edition, likewise: what was saved is the difference.
    """

    day = models.DateField()
    session = models.ForeignKey(Session, models.CASCADE, related_name="uses")
    edition = models.CharField(max_length=20, help_text="What was used: video, voice, slides … or page.")
    kind = models.CharField(max_length=8, choices=UseKind)
    number = models.PositiveIntegerField(default=0)
    first = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    big = models.PositiveBigIntegerField(default=0)

    objects = UseQuerySet.as_manager()

    class Meta:
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint("session", "day", "edition", "kind", name="use_once"),
            models.CheckConstraint(condition=models.Q(kind__in=UseKind.values), name="use_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.session_id} {self.edition}: {self.number}"


class Salt(models.Model):
    """The secret of thirty days with which marks are made. With it gone, no mark can be made again or tried out."""

    window = models.PositiveIntegerField(unique=True, help_text="Days since 1970, in thirties.")
    secret = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.window)


class Mark(models.Model):
    """That a device used what is kept of one session within these thirty days. It is gone with its salt.

    A keyed digest of address, program and session: of two sessions nobody can tell that it was the same device.
    """

    window = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint("window", "digest", name="mark_once")]

    def __str__(self) -> str:
        return f"{self.window}"


class ReportWords(models.Model):
    """What organisers say beside the figures of a community, or of one series, for a quarter or year."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="report_words")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="report_words")
    period = models.CharField(max_length=7, help_text="2026, 2026-Q3, or all.")
    words = models.TextField(max_length=5000)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "community",
                "period",
                condition=models.Q(series__isnull=True),
                name="report_words_community_once",
            ),
            models.UniqueConstraint(
                "series", "period", condition=models.Q(series__isnull=False), name="report_words_series_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.period}"
