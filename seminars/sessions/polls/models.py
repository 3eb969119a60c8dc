"""A date poll, the hours it proposes, and who said what to each."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from seminars.fields import ZoneField
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session


class DatePoll(models.Model):
    """A question: when? Who has its address may answer. `session` is what it became."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="polls")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="polls")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    zone = ZoneField()
    minutes = models.PositiveIntegerField()
    token = models.CharField(max_length=64, unique=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When somebody closed it by hand.")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="polls")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def is_open(self, now: datetime) -> bool:
        """Whether answers count at `now` (aware UTC)."""
        over = self.closes_at is not None and self.closes_at <= now
        return self.closed_at is None and self.session_id is None and not over


class PollSlot(models.Model):
    """One proposed hour, by the poll's clock and as an instant."""

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="slots")
    local_date = models.DateField()
    local_time = models.TimeField()
    starts_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint("poll", "starts_at", name="poll_slot_once")]

    def __str__(self) -> str:
        return f"{self.local_date} {self.local_time:%H:%M}"

    @property
    def ends_at(self) -> datetime:
        """The end (aware UTC). Load `poll` with it."""
        return self.starts_at + timedelta(minutes=self.poll.minutes)


class Voice(models.Model):
    """Somebody who answered. `key` is the secret by which they change it later."""

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="voices")
    name = models.CharField(max_length=100)
    zone = ZoneField(blank=True)
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [models.UniqueConstraint("poll", Lower("name"), name="voice_once")]

    def __str__(self) -> str:
        return self.name


class Suits(models.TextChoices):
    """Whether an hour suits somebody."""

    YES = "yes", _("yes")
    MAYBE = "maybe", _("if need be")
    NO = "no", _("no")


class PollAnswer(models.Model):
    """What somebody said to one hour."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="answers")
    slot = models.ForeignKey(PollSlot, models.CASCADE, related_name="answers")
    suits = models.CharField(max_length=5, choices=Suits)

    class Meta:
        constraints = [models.UniqueConstraint("voice", "slot", name="poll_answer_once")]
