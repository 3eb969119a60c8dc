"""The lines of a session's run-sheet, and questions that came by phone. Each tick says who made it, and when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.sessions.models import Session


class CueKind(models.TextChoices):
    """What a line stands for beside its words."""

    PLAIN = "", _("nothing more")
    RECORDING = "recording", _("the recording runs")


class Cue(models.Model):
    """One line of the run-sheet: what happens so many minutes after the start, and who does it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="cues")
    minute = models.IntegerField()
    what = models.CharField(max_length=200)
    who = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=9, choices=CueKind, default=CueKind.PLAIN, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["minute", "id"]

    def __str__(self) -> str:
        return self.what


class PhoneQuestion(models.Model):
    """A question from somebody who listens by phone, until the host has put it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="phone_questions")
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    put_at = models.DateTimeField(null=True, blank=True)
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["noted_at", "id"]

    def __str__(self) -> str:
        return self.text[:40]
