"""A question to a session, who asked it, who wants it answered too, and the answers in writing."""

import uuid
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Person
from seminars.series.models import Series
from seminars.sessions.day.models import PhoneQuestion
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration

LONGEST = 1000
LONGEST_ANSWER = 5000
LAST_SECOND = 14 * 24 * 3600


class QuestionRule(models.Model):
    """How a series takes questions; one without a row shows each after approval."""

    series = models.OneToOneField(Series, models.CASCADE, related_name="question_rule")
    approval = models.BooleanField(default=True, help_text="Shown once a moderator has approved it.")

    def __str__(self) -> str:
        return f"questions of series {self.series_id}"


class QuestionDoor(models.Model):
    """The organisers' word on whether a session takes questions, in place of the hours."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="question_door")
    opened = models.BooleanField(null=True, help_text="Empty: as the hours say.")

    def __str__(self) -> str:
        return f"questions to session {self.session_id}"


class Asker(models.Model):
    """One address that asks and votes at one session. `token` is the secret by which its owner does so.

    It votes once the address is proved: at once for who is signed in or registered, else by the link in a mail.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="askers")
    email = models.EmailField(help_text="In small letters; shown to nobody.")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="askers", help_text="If known."
    )
    registration = models.ForeignKey(
        Registration, models.SET_NULL, null=True, blank=True, related_name="askers"
    )
    language = models.CharField(max_length=10, help_text="Of mails.")
    zone = models.CharField(max_length=64, blank=True)
    token = models.CharField(max_length=64, unique=True)
    wants_word = models.BooleanField(default=True, help_text="A mail when a question is answered.")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("session", "email", name="asker_once")]

    def __str__(self) -> str:
        return f"{self.email} / {self.session_id}"


class Standing(models.TextChoices):
    """Where a question stands with the moderators."""

    WAITING = "waiting", _("waits for approval")
    SHOWN = "shown", _("shown")
    HIDDEN = "hidden", _("hidden")
    MERGED = "merged", _("merged into another")


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions about questions."""

    def asked(self) -> Self:
        """Those that were surely asked by whose address was given, wherever they stand: the ones that count."""
        return self.filter(confirmed_at__isnull=False)

    def shown(self) -> Self:
        """Those that everybody sees who may see the session; of one that was withdrawn none."""
        return self.asked().filter(standing=Standing.SHOWN, session__withdrawn_at=None)

    def answered(self) -> Self:
        """Those that were answered, live or in writing: they are part of the record."""
        return self.filter(Q(live_at__isnull=False) | Q(answered_at__isnull=False))

    def unanswered(self) -> Self:
        """The others."""
        return self.filter(live_at=None, answered_at=None)

    def by_votes(self) -> Self:
        """The most wanted first, of equals the earliest."""
        return self.order_by("-votes", "made_at", "pk")


class Question(models.Model):
    """One question. `shortened` is the moderator's, shown in place of `text` and marked as such; nobody edits `text`.

    name: as it is shown; empty is "a participant". votes: how many besides the asker want it, kept beside the rows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="questions")
    asker = models.ForeignKey(
        Asker, models.CASCADE, null=True, blank=True, related_name="questions", help_text="None: by phone."
    )
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="questions", help_text="Who asks."
    )
    phone = models.OneToOneField(
        PhoneQuestion, models.SET_NULL, null=True, blank=True, related_name="question"
    )
    text = models.TextField(max_length=LONGEST)
    shortened = models.TextField(max_length=LONGEST, blank=True)
    language = models.CharField(max_length=10, blank=True, help_text="It is asked in.")
    name = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="By its asker: anybody can type an address."
    )
    standing = models.CharField(max_length=7, choices=Standing, default=Standing.WAITING)
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it is hidden; the asker sees it, nobody else."
    )
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    votes = models.PositiveIntegerField(default=0)
    reports = models.PositiveIntegerField(default=0, help_text="How often somebody found it out of place.")
    live_at = models.DateTimeField(null=True, blank=True, help_text="When it was answered in the session.")
    live_second = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(LAST_SECOND)], help_text="Of the recording."
    )
    answered_at = models.DateTimeField(null=True, blank=True, help_text="First in writing.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the mail to the asker was written.")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-votes", "made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="question_standing")
        ]
        indexes = [
            models.Index("session", "standing", name="question_list"),
            models.Index(
                "answered_at",
                name="question_untold",
                condition=Q(answered_at__isnull=False, told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def words(self) -> str:
        """What is shown of it."""
        return self.shortened or self.text

    @property
    def is_answered(self) -> bool:
        """Whether it was answered, live or in writing."""
        return self.live_at is not None or self.answered_at is not None


class WrittenAnswer(models.Model):
    """What one person answers in writing; the organisers' common answer has no person."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="written_answers")
    name = models.CharField(max_length=200, blank=True, help_text="As it is shown; empty: the organisers.")
    text = models.TextField(max_length=LONGEST_ANSWER)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint("question", "person", name="written_answer_once"),
            models.UniqueConstraint("question", condition=Q(name=""), name="written_answer_organisers"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class QuestionVote(models.Model):
    """One address wants the question answered, too."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="voices")
    asker = models.ForeignKey(Asker, models.CASCADE, related_name="voices")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="question_votes")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("question", "asker", name="question_vote_once")]

    def __str__(self) -> str:
        return f"{self.asker_id} for {self.question_id}"
