"""What is told to whom, once; what has been looked at; and what each person wants to be told."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from seminars.fields import ZoneField
from seminars.people.models import Community, Person


class MessageState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting", _("waits")
    CLAIMED = "claimed", _("being written")
    SENDING = "sending", _("being handed over")
    SENT = "sent", _("sent")
    GIVEN_UP = "given-up", _("given up")
    UNCERTAIN = "uncertain", _("uncertain")
    DROPPED = "dropped", _("not sent")

    @classmethod
    def unsent(cls) -> list["MessageState"]:
        """States in which nothing has left the house, so that a newer mail takes its place."""
        return [cls.WAITING, cls.CLAIMED]


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about mails."""

    def due(self, *, now: datetime) -> Self:
        """Mails to be sent at `now` (aware UTC), the longest due first."""
        return self.filter(state=MessageState.WAITING, try_at__lte=now).order_by("try_at", "id")

    def sent_for(self, community: Community) -> Self:
        """Mails of a community's concerns, the newest first."""
        return self.filter(community=community).order_by("-id")

    def stopped(self) -> Self:
        """Mails that wait for a person: given up, or perhaps lost."""
        return self.filter(state__in=[MessageState.GIVEN_UP, MessageState.UNCERTAIN])

    def about(self, *, kind: str, subject: str) -> Self:
        """Mails of one kind about one thing, the newest first."""
        return self.filter(kind=kind, subject=subject).order_by("-id")


class Message(models.Model):
    """One mail to one address: why, and how far it is. Its words are made from the facts when it is sent.

    waiting → claimed (leased by a worker) → sending (written down before a byte leaves) → sent. One found `sending`
    after its lease may have arrived or not: it becomes `uncertain` and is never sent again by itself.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    domain = models.CharField(max_length=254, default="", help_text="Of the address; limits count by it.")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="messages")
    community = models.ForeignKey(
        Community, models.SET_NULL, null=True, related_name="messages", help_text="Whose organisers see it."
    )
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=80, help_text="What it is about, such as series:<uuid>.")
    revision = models.PositiveBigIntegerField(
        help_text="Of the fact; a higher one takes the place of a lower."
    )
    language = models.CharField(max_length=10)
    zone = ZoneField(blank=True)
    facts = models.JSONField(default=dict, help_text="What the reader knew before, where that is told.")
    due_at = models.DateTimeField()
    try_at = models.DateTimeField(help_text="When it is tried (again).")
    state = models.CharField(max_length=9, choices=MessageState, default=MessageState.WAITING)
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it is not sent, or not yet.")
    message_id = models.CharField(max_length=300, help_text="Always the same for the same mail.")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("email", "kind", "subject", "revision", name="message_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["claimed", "sending"]) | models.Q(lease_until__isnull=False),
                name="message_lease_ends",
            ),
        ]
        indexes = [
            models.Index("state", "try_at", "id", name="message_due_first"),
            models.Index("kind", "subject", name="message_subject"),
            models.Index("community", "state", name="message_community"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.email}"

    @property
    def reason_words(self) -> str:
        """Why it is not sent, in the page's language, and what the mail server said in its own."""
        said, _line, detail = self.reason.partition("\n")
        return " ".join(each for each in (gettext(said) if said else "", detail) if each)


class Heard(models.Model):
    """A fact that has been looked at, such as `change:12`: making the row is the claim."""

    fact = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()


class Floor(models.Model):
    """Up to which number the facts of one reader are settled, so that it need not look at them again."""

    name = models.CharField(max_length=30, unique=True)
    number = models.PositiveBigIntegerField()


class Wish(models.Model):
    """Whether a person wants a mail when something of a community moves. Without a row, the usual counts."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="wishes")
    community = models.ForeignKey(Community, models.CASCADE, related_name="wishes")
    moves = models.BooleanField()

    class Meta:
        verbose_name_plural = "wishes"
        constraints = [models.UniqueConstraint("person", "community", name="wish_once")]


class LetterOff(models.Model):
    """A person who wants no newsletter of a community. Without a row its members get it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="letters_off")
    community = models.ForeignKey(Community, models.CASCADE, related_name="letters_off")

    class Meta:
        constraints = [models.UniqueConstraint("person", "community", name="letter_off_once")]

    def __str__(self) -> str:
        return f"{self.person_id} / {self.community_id}"


class RequestsOff(models.Model):
    """An organiser who wants no mail when people ask to join a community. Without a row it comes."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="requests_off")
    community = models.ForeignKey(Community, models.CASCADE, related_name="requests_off")

    class Meta:
        verbose_name_plural = "requests off"
        constraints = [models.UniqueConstraint("person", "community", name="requests_off_once")]

    def __str__(self) -> str:
        return f"{self.person_id} / {self.community_id}"
