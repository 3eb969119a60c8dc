"""Changes and versions."""

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One thing that happened to a subject such as `session:<uuid>`. Never edited, never deleted."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index("subject", "id", name="change_subject")]


class Version(models.Model):
    """How many changes a scope has seen. Raised in the writer's transaction: the row's lock puts writers in order."""

    scope = models.CharField(max_length=60, unique=True)
    number = models.PositiveBigIntegerField(default=0)
