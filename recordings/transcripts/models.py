"""Captions while somebody corrects them: the draft, and texts that stand beside another in it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Original
from seminars.followups.reports.models import Signed


class DraftState(models.TextChoices):
    """What became of a draft."""

    OPEN = "open", _("being written")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")


class CaptionDraft(models.Model):
    """Corrections of a caption file that are not out yet; one at a time, several hands.

    `lines` are all lines by key: `[start, end, text, voice, revision, hand]`, times in milliseconds; `text` is null
    for a line that was taken out. The revision is the draft's when that line was last written, the hand who wrote it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    original = models.ForeignKey(Original, models.CASCADE, related_name="drafts")
    lines = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=DraftState, default=DraftState.OPEN)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.ForeignKey(
        Original,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The captions that it became.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "original", condition=models.Q(state=DraftState.OPEN), name="caption_draft_once"
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.original_id} at {self.revision}"


class CaptionAside(Signed):
    """A line that somebody wrote over an older text than the one that was there: it stands beside until one chooses.

    Never deleted while the draft is open. `text` null: that hand took the line out. Times in milliseconds.
    """

    draft = models.ForeignKey(CaptionDraft, models.CASCADE, related_name="asides")
    key = models.CharField(max_length=12, help_text="The line's, in the draft.")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField(null=True, blank=True)  # noqa: DJ001  # null and empty mean different things
    voice = models.CharField(max_length=120, blank=True)
    hand = models.CharField(max_length=40, help_text="The opened page that it came from.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "draft", "key", "hand", condition=models.Q(settled_at=None), name="caption_aside_once"
            )
        ]

    def __str__(self) -> str:
        return f"beside {self.key}"
