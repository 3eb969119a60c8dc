"""Jobs, their attempts, and the beats by which the site shows that its queue is alive."""

import uuid

from django.conf import settings
from django.db import models


class JobState(models.TextChoices):
    """Where a job stands: held ones wait for a person, skipped ones are done without because a person said so."""

    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"
    SKIPPED = "skipped"


class Job(models.Model):
    """One piece of work, done once for its business key, however often somebody asks or a worker dies."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, help_text="What it is about, such as recording:12.")
    input_sha256 = models.CharField(max_length=64, blank=True)
    recipe_version = models.PositiveIntegerField(default=1)
    door = models.CharField(max_length=100, help_text="The frozen dotted path of a task that takes job_id.")
    cluster = models.CharField(max_length=20, blank=True, help_text="Empty for the first cluster, or media.")
    state = models.CharField(max_length=8, choices=JobState, default=JobState.QUEUED)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=80, blank=True)
    heartbeat_at = models.DateTimeField(null=True, help_text="When its worker was last heard of.")
    tries = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    paced_from = models.PositiveBigIntegerField(
        default=0,
        help_text="The progress at the first heartbeat of this try; the rate is measured from there.",
    )
    paced_at = models.DateTimeField(null=True, help_text="When that was.")
    reason = models.TextField(
        blank=True, help_text="Why it is held or failed, in words a person understands."
    )
    created_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Null: Meridian itself.",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who tried it again, skipped or replaced it last.",
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "subject", "input_sha256", "recipe_version", name="job_once"),
            models.CheckConstraint(
                condition=~models.Q(state="leased") | models.Q(lease_until__isnull=False),
                name="job_lease_ends",
            ),
        ]
        indexes = [
            models.Index("state", "due_at", name="job_due"),
            models.Index("subject", name="job_subject"),
            models.Index("kind", "state", "finished_at", name="job_pace"),
        ]


class Attempt(models.Model):
    """One try at a job; written when it starts and closed when it ends, never changed after."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="attempts")
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    last_words = models.TextField(
        blank=True, help_text="The end of what the program said on its error stream."
    )
    cpu_seconds = models.FloatField(null=True)


class Beat(models.Model):
    """When a periodic part of the queue last ran to its end, for /health/ and for the page that shows the queue."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
