"""When a series certifies attendance, and the codes by which a certificate can be checked."""

import hashlib
import secrets
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField
from seminars.people.models import Person
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.models import Session

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16  # of 30 letters: 78 bits


def new_code() -> str:
    """Return a code that cannot be guessed, without letters that are mistaken for digits."""
    return "".join(secrets.choice(ALPHABET) for _each in range(LENGTH))


def digest_of(code: str) -> str:
    """Return what a code is looked up by, so that the time a search takes says nothing about the code."""
    return hashlib.sha256(code.encode()).hexdigest()


class CertificateRule(models.Model):
    """What a series asks before it certifies that somebody took part; a series without one certifies nothing."""

    series = models.OneToOneField(Series, models.CASCADE, related_name="certificate_rule")
    on = models.BooleanField(_("certificates"), default=False)
    minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(14 * 1440)], help_text="Of a session, at least."
    )
    share = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of the length of a session, in hundredths, at least.",
    )
    sessions = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="For one certificate of the whole series: so many sessions."
    )
    signed_by = models.CharField(max_length=200, blank=True, help_text="Stands under the certificate.")
    words = WordsField(help_text="Stands on the certificate, such as what was learned.")

    def __str__(self) -> str:
        return f"certificates of {self.series_id}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Questions about certificates."""

    def of_visitor(self, visitor: Visitor) -> Self:
        """Those of the account's person."""
        return self.filter(person__user_id=visitor.user_id or 0)


class Certificate(models.Model):
    """A public code. It says of whom and of what; whether it holds is asked of the facts each time it is opened.

    Of one session, by its attendance; of the whole series where `session` is empty, by person or address.
    """

    code = models.CharField(max_length=LENGTH, unique=True, default=new_code)
    digest = models.CharField(max_length=64, unique=True)
    series = models.ForeignKey(Series, models.CASCADE, related_name="certificates")
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="certificates")
    attendance = models.ForeignKey(
        Attendance, models.SET_NULL, null=True, blank=True, related_name="certificates"
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="certificates")
    email = models.EmailField(blank=True)
    made_at = models.DateTimeField()

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("session", "attendance", name="certificate_once"),
            models.UniqueConstraint(
                "series",
                "email",
                condition=models.Q(session__isnull=True) & ~models.Q(email=""),
                name="certificate_of_series_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code
