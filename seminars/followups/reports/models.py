"""The session report."""

from django.db import models

from seminars.sessions.models import Session


class Report(models.Model):
    """A session's report on MeMoRe's fixed form; `answers` by the field names of `reports.saving`."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="report")
    uuid = models.UUIDField(unique=True, editable=False)
    language = models.CharField(max_length=10, default="en")
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
