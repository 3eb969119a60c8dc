"""Two members and what they agreed to, the messages passed on between them, and who wants none from whom."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Community, Membership, Person
from seminars.people.visitors import Visitor

LONGEST = 2000


class Answer(models.TextChoices):
    """What somebody says to being introduced."""

    NONE = "", _("no answer yet")
    YES = "yes", _("yes")
    NO = "no", _("no")


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    """Questions about introductions."""

    def of_person(self, visitor: Visitor) -> Self:
        """Those in which the visitor is one of the two."""
        return self.filter(parties__person__user_id=visitor.user_id or 0)

    def facilitated(self) -> Self:
        """Those that somebody else made, and not one of the two."""
        return self.exclude(facilitator=None)

    def with_parties(self) -> Self:
        """With both people and their accounts, in a number of queries that rows do not raise."""
        return self.select_related("community", "facilitator").prefetch_related("parties__person__user")


class Introduction(models.Model):
    """Two members are brought together: by a facilitator's words, or by a message of one of them to the other.

    Neither sees the other's address here unless the other gives it. It has begun once both said yes (`met_at`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="introductions")
    facilitator = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    words = models.TextField(max_length=LONGEST, blank=True)
    made_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index("facilitator", "made_at", name="introduction_by")]

    def __str__(self) -> str:
        return str(self.uuid)


class PartyQuerySet(models.QuerySet["Party"]):
    """Questions about sides."""

    def in_vain(self, *, after: timedelta, now: datetime) -> Self:
        """Sides to be told, `after` an introduction was made, that nothing came of it: who said yes, and who was waited
        for. Who said no or stopped it knows. A no is told no sooner than no answer, so that nobody learns which it was.
        """
        late = models.F("introduction__made_at") + after
        rows = self.filter(introduction__met_at=None, introduction__made_at__lte=now - after)
        rows = rows.filter(introduction__made_at__gt=now - 2 * after, introduction__ended_at__isnull=False)
        waited = models.Q(said=Answer.NONE, introduction__ended_at__gte=late)
        rows = rows.filter(models.Q(said=Answer.YES) | waited)
        return rows.filter(over_told_at=None, stopped_at=None)


class Party(models.Model):
    """One of the two. `token` is the secret by which they answer, write and stop."""

    introduction = models.ForeignKey(Introduction, models.CASCADE, related_name="parties")
    person = models.ForeignKey(Person, models.CASCADE, related_name="introductions")
    token = models.CharField(max_length=64, unique=True)
    said = models.CharField(max_length=3, choices=Answer, default=Answer.NONE, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)
    shares_address = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the question was written down.")
    met_told_at = models.DateTimeField(null=True, blank=True, help_text="When the introduction was.")
    over_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was written down that nothing came of it."
    )

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        ordering = ["id"]
        constraints = [models.UniqueConstraint("introduction", "person", name="party_once")]
        indexes = [
            models.Index("asked_at", name="party_unasked", condition=models.Q(asked_at=None)),
            models.Index("met_told_at", name="party_untold", condition=models.Q(met_told_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.introduction_id}: {self.person_id}"


class Note(models.Model):
    """A message from one of the two to the other, passed on by mail. Read by nobody else unless it is reported."""

    writer = models.ForeignKey(Party, models.CASCADE, related_name="notes")
    text = models.TextField(max_length=LONGEST)
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the mail was written down.")
    reported_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index("told_at", name="note_untold", condition=models.Q(told_at=None)),
            models.Index("writer", "made_at", name="note_of"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class BlockQuerySet(models.QuerySet["Block"]):
    """Questions about blocks."""

    def between(self, one: Person, other: Person) -> Self:
        """Blocks of either by the other."""
        return self.filter(models.Q(by=one, of=other) | models.Q(by=other, of=one))


class Block(models.Model):
    """Somebody wants no message from somebody, in no community."""

    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    of = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("by", "of", name="block_once")]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.of_id}"


class Hush(models.Model):
    """A member may write to no other member of the community, after a report."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="hush")
    at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "hushes"

    def __str__(self) -> str:
        return str(self.membership_id)
