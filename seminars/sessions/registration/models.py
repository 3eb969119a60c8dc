"""Somebody means to come to a session, and what their calendar has been told of it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.fields import ZoneField
from seminars.people.models import Person
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session


class Partstat(models.TextChoices):
    """What somebody answered to the invitation (RFC 5545 §3.2.12)."""

    NEEDS_ACTION = "needs-action", _("no answer yet")
    ACCEPTED = "accepted", _("yes")
    TENTATIVE = "tentative", _("maybe")
    DECLINED = "declined", _("no")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Questions about registrations."""

    def standing(self) -> Self:
        """Those that are confirmed and were not withdrawn."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at=None)

    def of_visitor(self, visitor: Visitor) -> Self:
        """Standing ones of the account's person."""
        return self.standing().filter(person__user_id=visitor.user_id or 0)

    def unseen(self) -> Self:
        """Those of which the calendar's part was not looked at since they or their session changed."""
        return self.filter(
            models.Q(told_sequence=None) | ~models.Q(told_sequence=models.F("session__sequence"))
        )


class Registration(models.Model):
    """One address for one session. `token` is the secret by which its owner confirms, changes and withdraws.

    It counts once `confirmed_at` is set: at once for who is signed in, else by the link in a mail. Withdrawn ones stay
    as rows, so that the link can say so and the calendar's entry can be taken back.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="registrations", help_text="If known."
    )
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
    reminders = models.BooleanField(default=True, help_text="Mails a week, a day and an hour before.")
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
            models.CheckConstraint(
                condition=models.Q(partstat__in=Partstat.values), name="registration_partstat"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} / {self.session_id}"

    @property
    def stands(self) -> bool:
        """Whether it counts."""
        return self.confirmed_at is not None and self.withdrawn_at is None
