"""Requests to belong to a community, organisations that belong to it, and cohorts inside it."""

import uuid
from datetime import date
from typing import Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField, ZoneField
from seminars.people.models import Community, Membership, User
from seminars.people.visitors import Visitor


class Organisation(models.Model):
    """An organisation belongs to a community; persons represent it, each with a membership of their own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="organisations")
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166.")
    sector = models.CharField(max_length=100, blank=True)
    website = models.URLField(max_length=500, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), "community", name="organisation_once")]

    def __str__(self) -> str:
        return self.name


class Standing(models.TextChoices):
    """Where a request to belong stands."""

    UNCONFIRMED = "unconfirmed", _("the address is not confirmed yet")
    WAITING = "waiting", _("waits for an answer")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    """Questions about requests."""

    def waiting(self) -> Self:
        """Those that organisers have to answer, the oldest first."""
        return self.filter(standing=Standing.WAITING).order_by("asked_at", "id")

    def of_account(self, user: User) -> Self:
        """Those of the account's own address that are still of interest to it, the latest first."""
        confirmed = EmailAddress.objects.filter(user=user, verified=True).annotate(low=Lower("email"))
        mine = models.Q(email=user.email.lower()) | models.Q(email__in=confirmed.values("low"))
        shown = [Standing.WAITING, Standing.DECLINED]
        return self.filter(mine, standing__in=shown).order_by("-asked_at", "-id")

    def decided(self) -> Self:
        """Those that were answered, the latest first."""
        return self.filter(decided_at__isnull=False).order_by("-decided_at", "-id")


class JoinRequest(models.Model):
    """One address asks to belong to one community. `token` is the secret by which its owner sees where it stands.

    It counts once the address is proven: at once for who is signed in, else by the link in a mail. Asking again opens
    the same row anew; what was said before stays in `earlier`.
    """

    community = models.ForeignKey(Community, models.CASCADE, related_name="requests")
    email = models.EmailField(help_text="In small letters.")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    zone = ZoneField(blank=True)
    organisation = models.JSONField(
        default=dict, blank=True, help_text="Of which they ask to be a representative: name, country …"
    )
    answers = models.JSONField(
        default=list, blank=True, help_text="[[question, answer], …] as they were asked."
    )
    token = models.CharField(max_length=64, unique=True)
    standing = models.CharField(max_length=11, choices=Standing, default=Standing.UNCONFIRMED)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When it began to count, the last time.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    words = models.TextField(blank=True, help_text="What the organisers said with their answer.")
    earlier = models.JSONField(default=list, blank=True, help_text="What was asked and answered before.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When organisers were told of it.")
    reminded_at = models.DateTimeField(null=True, blank=True)
    news = models.PositiveIntegerField(default=0, help_text="How many mails said where it stands.")
    revision = models.PositiveIntegerField(default=1)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint("community", "email", name="join_request_once"),
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="join_request_standing"
            ),
        ]
        indexes = [models.Index("community", "standing", "asked_at", name="join_request_waiting")]

    def __str__(self) -> str:
        return f"{self.email}: {self.standing}"


class CohortQuerySet(models.QuerySet["Cohort"]):
    """Questions about cohorts."""

    def of_member(self, visitor: Visitor) -> Self:
        """Cohorts the visitor is in."""
        mine = CohortMember.objects.filter(membership__person__user_id=visitor.user_id or 0)
        return self.filter(id__in=mine.values("cohort_id"))


class Cohort(models.Model):
    """One run of a course: members of a community who go through it together. Its series can be seen by them alone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="cohorts")
    name = WordsField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="cohort_ends_later",
            )
        ]

    def __str__(self) -> str:
        return str(next(iter(self.name.values()), self.pk))

    def is_over(self, today: date) -> bool:
        """Whether its last day is before `today`."""
        return self.ends_on is not None and self.ends_on < today


class CohortMember(models.Model):
    """A member of the community is in a cohort of it; who leaves the community leaves its cohorts."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="members")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="cohorts")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("cohort", "membership", name="cohort_member_once")]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.membership_id}"
