"""Who came to a session, what says so, and the numbers that nobody's name belongs to."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.fields import ZoneField
from seminars.people.models import Person
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration


class Way(models.TextChoices):
    """How somebody took part, or how one knows of it."""

    ROOM = "room", _("in the room")
    SITE = "site", _("with a group")
    IMPORT = "import", _("online, by the meeting's list")
    PHONE = "phone", _("by phone")
    JOIN = "join-link", _("online, by the join link")
    HAND = "hand", _("by hand")

    @classmethod
    def devices(cls) -> list["Way"]:
        """Those by which one comes alone, with a device of one's own."""
        return [cls.IMPORT, cls.JOIN]


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Questions about who came."""

    def came(self) -> Self:
        """Those that count: not taken off by an organiser."""
        return self.filter(struck_at=None)

    def by_device(self) -> Self:
        """Those who came by a device of their own."""
        return self.came().filter(way__in=Way.devices())

    def in_room(self) -> Self:
        """Those who were in the room."""
        return self.came().filter(way=Way.ROOM)

    def of_visitor(self, visitor: Visitor) -> Self:
        """What the account's person came to; by their registration too."""
        user = visitor.user_id or 0
        return self.filter(models.Q(person__user_id=user) | models.Q(registration__person__user_id=user))

    def per_way(self) -> dict[str, int]:
        """How many came, by `Way`."""
        return self._per("way")

    def per_zone(self) -> dict[str, int]:
        """How many came, by IANA zone, the most first; those of whom it is not known are left out."""
        return self._per("zone")

    def per_country(self) -> dict[str, int]:
        """How many came, by ISO 3166 code, likewise."""
        return self._per("country")

    def _per(self, column: str) -> dict[str, int]:
        rows = self.came().order_by().exclude(**{column: ""}).values_list(column)
        counted = rows.annotate(number=models.Count("pk")).order_by("-number", column)
        return dict(counted)


class Attendance(models.Model):
    """One person came to one session. `traces` is what each source says; the columns above it are made from them.

    A row that an organiser struck off stays, so that no source brings it back.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    registration = models.ForeignKey(
        Registration, models.SET_NULL, null=True, blank=True, related_name="attendances"
    )
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="attendances", help_text="If known."
    )
    email = models.EmailField(blank=True, help_text="In small letters; seen by organisers only.")
    name = models.CharField(max_length=200, blank=True)
    zone = ZoneField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    way = models.CharField(max_length=9, choices=Way)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="In the meeting, where it is known."
    )
    source = models.CharField(max_length=200, blank=True, help_text="What says so, in words of the sources.")
    traces = models.JSONField(default=dict, blank=True, help_text="By source: `merging.Trace`.")
    struck_at = models.DateTimeField(null=True, blank=True, help_text="An organiser says: was not here.")
    made_at = models.DateTimeField()

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("session", "registration", name="attendance_registration_once"),
            models.UniqueConstraint("session", "person", name="attendance_person_once"),
            models.UniqueConstraint(
                "session", "email", condition=~models.Q(email=""), name="attendance_email_once"
            ),
            models.CheckConstraint(condition=models.Q(way__in=Way.values), name="attendance_way"),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email} / {self.session_id}"


def new_secret() -> str:
    """Return the secret of a poster: 144 random bits."""
    return secrets.token_urlsafe(18)


class Headcount(models.Model):
    """Numbers of a session without names, and the secret of the poster at its door."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="headcount")
    joins = models.PositiveIntegerField(default=0, help_text="Through the join link by who is not known.")
    room = models.PositiveIntegerField(null=True, blank=True, help_text="People in the room, in all.")
    phone = models.PositiveIntegerField(null=True, blank=True, help_text="People by phone, in all.")
    poster = models.CharField(max_length=40, unique=True, default=new_secret)

    def __str__(self) -> str:
        return f"heads of {self.session_id}"


class IntakeQuerySet(models.QuerySet["Intake"]):
    """Questions about files."""

    def standing(self) -> Self:
        """Those that were taken in and count."""
        return self.filter(applied_at__isnull=False, taken_back_at=None)


class Intake(models.Model):
    """A list of a meeting program: waiting to be looked through, or taken in; then its bytes are gone."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="intakes")
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes, help_text="Until it is taken in, or two days.")
    zone = ZoneField(help_text="Whose clock its hours are of.")
    program = models.CharField(max_length=40, blank=True)
    people = models.PositiveIntegerField(default=0, help_text="How many of it count.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "session",
                "digest",
                condition=models.Q(applied_at__isnull=False, taken_back_at=None),
                name="intake_once",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def key(self) -> str:
        """Its name among the traces of a row."""
        return f"file:{self.pk}"
