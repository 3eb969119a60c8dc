"""Who means to come to a session or a whole series, by which terms, and who has a place; what calendars were told."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from seminars.fields import ZoneField
from seminars.people.models import Person
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session

MOST_PLACES = 100_000


class Partstat(models.TextChoices):
    """What somebody answered to the invitation (RFC 5545 §3.2.12)."""

    NEEDS_ACTION = "needs-action", _("no answer yet")
    ACCEPTED = "accepted", _("yes")
    TENTATIVE = "tentative", _("maybe")
    DECLINED = "declined", _("no")


class Mode(models.TextChoices):
    """Whether people register."""

    NONE = "none", _("No registration: people just come")
    OPEN = "open", _("Nobody needs to register, but can")
    ASKED = "asked", _("People are asked to register")


class Coming(models.TextChoices):
    """How somebody takes part."""

    ONLINE = "online", _("online")
    ROOM = "room", _("in the room")


class Seat(models.TextChoices):
    """Where somebody who registered stands. Only the first two take a place."""

    PLACE = "place", _("has a place")
    OFFERED = "offered", _("is asked to confirm a place")
    WAITING = "waiting", _("on the waiting list")
    ASKED = "asked", _("waits for approval")
    DECLINED = "declined", _("not accepted")
    LAPSED = "lapsed", _("let a place lapse")
    FULL = "full", _("came too late for a place")

    @classmethod
    def taking(cls) -> list["Seat"]:
        """Those that take a place."""
        return [cls.PLACE, cls.OFFERED]


class News(models.TextChoices):
    """What somebody is to be told of their place; each is a kind of mail, `place-<value>`."""

    NONE = "", _("nothing")
    GIVEN = "given", _("A place is given")
    WAITING = "waiting", _("On the waiting list")
    ASKED = "asked", _("Waits for approval")
    OFFERED = "offered", _("A place came free")
    LAPSED = "lapsed", _("A place lapsed")
    DECLINED = "declined", _("Not accepted")
    REMOVED = "removed", _("Taken off the list")
    FULL = "full", _("No place left")


class Terms(models.Model):
    """How people register: of a series for all its sessions, or of one session in place of the series' terms.

    Without a row they are the usual ones: asked, no limit, no approval. questions: `questions.Question` as JSON.
    """

    series = models.OneToOneField(
        Series, models.CASCADE, null=True, blank=True, related_name="registration_terms"
    )
    session = models.OneToOneField(
        Session, models.CASCADE, null=True, blank=True, related_name="registration_terms"
    )
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.ASKED)
    capacity_online = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(MOST_PLACES)]
    )
    capacity_room = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(MOST_PLACES)]
    )
    approval = models.BooleanField(default=False)
    waiting_list = models.BooleanField(default=True)
    confirm_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MaxValueValidator(14 * 24)],
        help_text="In which a place that came free is to be confirmed; 0: it is theirs at once.",
    )
    whole = models.BooleanField(default=True, help_text="One can register for the whole series at once.")
    questions = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=True, session__isnull=False)
                | Q(series__isnull=False, session__isnull=True),
                name="terms_of_one",
            ),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="terms_mode"),
        ]

    def __str__(self) -> str:
        return f"series {self.series_id}" if self.series_id else f"session {self.session_id}"

    def capacity(self, coming: str) -> int | None:
        """Return how many places there are for who comes so; None for no limit."""
        found: int | None = self.capacity_room if coming == Coming.ROOM else self.capacity_online
        return found

    @property
    def limited(self) -> bool:
        """Whether somebody who registers may be left without a place."""
        return self.approval or self.capacity_online is not None or self.capacity_room is not None


class Line(models.Model):
    """The row that is held while places of a session are given, or people counted in for a whole series.

    last: the last number given; it only rises. taken_over: of a session, up to which number of its series' line people
    who registered for the whole series are registered for it.
    """

    series = models.OneToOneField(Series, models.CASCADE, null=True, related_name="registration_line")
    session = models.OneToOneField(Session, models.CASCADE, null=True, related_name="registration_line")
    last = models.PositiveBigIntegerField(default=0)
    taken_over = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=True, session__isnull=False)
                | Q(series__isnull=False, session__isnull=True),
                name="line_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id or self.session_id}: {self.last}"


class Registrant(models.Model):
    """What is known of who registers, for one session or a whole series.

    `token` is the secret by which its owner confirms, changes and withdraws. It counts once `confirmed_at` is set: at
    once for who is signed in, else by the link in a mail. Withdrawn ones stay as rows, so that the link can say so.
    """

    email = models.EmailField(help_text="In small letters; seen by organisers only.")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    zone = ZoneField(blank=True, help_text="Whose clock the mails tell; empty is the session's.")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="Taken off the list by the organisers: the link registers no more."
    )
    wants_invitation = models.BooleanField(default=True, help_text="A calendar mail; else the feed only.")
    reminders = models.BooleanField(default=True, help_text="Mails before, when `leads` says.")
    leads = models.JSONField(
        null=True,
        blank=True,
        help_text="When they are reminded (`series.leads`); null is as the person or series.",
    )
    coming = models.CharField(max_length=6, choices=Coming, default=Coming.ONLINE)
    answers = models.JSONField(
        default=list, blank=True, help_text="To extra questions, each with the words as asked."
    )

    class Meta:
        abstract = True

    @property
    def counts(self) -> bool:
        """Whether it is confirmed and was not withdrawn; whether it has a place is another question."""
        return self.confirmed_at is not None and self.withdrawn_at is None


class SeriesRegistrationQuerySet(models.QuerySet["SeriesRegistration"]):
    """Questions about registrations for a whole series."""

    def standing(self) -> Self:
        """Those that are confirmed and were not withdrawn."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at=None)


class SeriesRegistration(Registrant):
    """One address for a whole series: a Registration for each session that is open, or becomes so, is made of it."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="series_registrations"
    )
    number = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="In the series' line, from the confirmation on."
    )

    objects = SeriesRegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint("series", "email", name="series_registration_once")]
        indexes = [models.Index("series", "number", name="series_registration_number")]

    def __str__(self) -> str:
        return f"{self.email} / series {self.series_id}"


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Questions about registrations."""

    def counting(self) -> Self:
        """Those that are confirmed and were not withdrawn, with a place or without."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at=None)

    def standing(self) -> Self:
        """Those that count and have a place: who is invited, reminded and expected."""
        return self.counting().filter(seat=Seat.PLACE)

    def of_visitor(self, visitor: Visitor) -> Self:
        """Standing ones of the account's person."""
        return self.standing().filter(person__user_id=visitor.user_id or 0)

    def own(self, visitor: Visitor) -> Self:
        """Those of the account's person that count, with a place or without."""
        return self.counting().filter(person__user_id=visitor.user_id or 0)

    def taking(self) -> Self:
        """Those that take a place."""
        return self.counting().filter(seat__in=Seat.taking())

    def waiting(self) -> Self:
        """The waiting list, the first in line first."""
        return self.counting().filter(seat=Seat.WAITING).order_by("number", "pk")

    def unseen(self) -> Self:
        """Those of which the calendar's part was not looked at since they or their session changed."""
        return self.filter(Q(told_sequence=None) | ~Q(told_sequence=F("session__sequence")))

    def with_news(self) -> Self:
        """Those of whose place something is to be told."""
        return self.exclude(news=News.NONE)


class Registration(Registrant):
    """One address for one session, where it stands, and what its calendar has been told."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="registrations", help_text="If known."
    )
    whole = models.ForeignKey(
        SeriesRegistration,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
        help_text="The one for the whole series from which it comes.",
    )
    seat = models.CharField(max_length=8, choices=Seat, default=Seat.PLACE)
    number = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="In the session's line: the order in which places are given."
    )
    offered_until = models.DateTimeField(null=True, blank=True)
    words = models.TextField(max_length=1000, blank=True, help_text="The organisers', with their yes or no.")
    news = models.CharField(max_length=8, choices=News, blank=True, default="", help_text="Not yet told.")
    turn = models.PositiveIntegerField(default=0, help_text="How often its place has changed.")
    partstat = models.CharField(max_length=12, choices=Partstat, default=Partstat.NEEDS_ACTION)
    answered_at = models.DateTimeField(null=True, blank=True)
    told_sequence = models.PositiveIntegerField(
        null=True, blank=True, help_text="The session's SEQUENCE that was looked at last; none: look now."
    )
    tellings = models.PositiveIntegerField(default=0, help_text="How many calendar mails were written down.")
    stamped_at = models.DateTimeField(
        null=True, blank=True, help_text="DTSTAMP is not before: it orders mails of one SEQUENCE."
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("session", "email", name="registration_once"),
            models.CheckConstraint(condition=Q(partstat__in=Partstat.values), name="registration_partstat"),
            models.CheckConstraint(condition=Q(seat__in=Seat.values), name="registration_seat"),
            models.CheckConstraint(condition=Q(coming__in=Coming.values), name="registration_coming"),
        ]
        indexes = [
            models.Index("session", "seat", "number", name="registration_line"),
            models.Index("seat", "offered_until", name="registration_offered"),
            models.Index("session", name="registration_news", condition=~Q(news="")),
        ]

    def __str__(self) -> str:
        return f"{self.email} / {self.session_id}"

    @property
    def stands(self) -> bool:
        """Whether it counts and has a place."""
        return self.counts and self.seat == Seat.PLACE


CARRIED = (
    "email", "name", "language", "zone", "person", "wants_invitation", "reminders", "coming", "answers",
)  # fmt: skip
"""What a registration for a whole series gives to those for its sessions."""
