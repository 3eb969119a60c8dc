"""A community's account at a provider, and each recording that was seen there."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings as site
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Arrival, ArrivalState, Found, FoundState
from seminars.people.models import Community
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about accounts."""

    def kept_by(self, visitor: Visitor) -> Self:
        """Those of communities the visitor plans for."""
        return self.filter(community__in=Community.objects.organised_by(visitor))


class Account(models.Model):
    """Settings of a provider for a community. `sealed` holds its secrets by name, each sealed: never shown again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="provider_accounts")
    provider = models.CharField(max_length=20, help_text="A name in `known.PROVIDERS`.")
    settings = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(site.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True, help_text="The last look that was answered.")
    next_at = models.DateTimeField(help_text="When it is looked at next.")
    trouble = models.TextField(blank=True, help_text="Why the last look was not answered.")
    troubled_at = models.DateTimeField(null=True, blank=True, help_text="Since when.")

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("next_at", name="provider_account_next")]

    def __str__(self) -> str:
        return f"{self.provider} of {self.community_id}"


class OfferState(models.TextChoices):
    """What became of a recording at a provider."""

    TAKEN = "taken", _("taken in")
    DOUBTFUL = "doubtful", _("doubtful")
    HELD = "held", _("held")


class OfferQuerySet(models.QuerySet["Offer"]):
    """Questions about what was seen at providers."""

    def expiring(self, *, now: datetime) -> Self:
        """Those that will be deleted there and are not here yet, the first one first. now: aware UTC."""
        here = Arrival.objects.filter(
            url=models.OuterRef("found__url"),
            recording__session=models.OuterRef("found__session"),
            state=ArrivalState.KEPT,
        )
        rows = self.filter(expires_at__gt=now).exclude(arrival__state=ArrivalState.KEPT)
        rows = rows.exclude(found__state=FoundState.LEFT)
        # Taken, without an arrival: the session has such a file from somebody else.
        rows = rows.exclude(state=OfferState.TAKEN, arrival=None).exclude(models.Exists(here))
        return rows.order_by("expires_at", "pk").select_related("session__series", "account")


class Offer(models.Model):
    """One file of one recording, seen at a provider. What it became is in `arrival` or `found`."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="offers")
    key = models.CharField(
        max_length=300, help_text="The provider's for the recording, and the kind of file."
    )
    title = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=8)
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When the provider deletes it.")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=OfferState)
    reason = models.TextField(blank=True)
    arrival = models.ForeignKey(Arrival, models.SET_NULL, null=True, blank=True, related_name="+")
    found = models.ForeignKey(Found, models.SET_NULL, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField()

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [models.UniqueConstraint("account", "key", name="offer_once")]
        indexes = [models.Index("expires_at", name="offer_expires")]

    def __str__(self) -> str:
        return self.title or self.key


class LinkState(models.TextChoices):
    """What is known of a video's page."""

    NEW = "new", _("not looked at yet")
    THERE = "there", _("can be watched there")
    FAILING = "failing", _("no answer lately")
    GONE = "gone", _("not there any more")
    COPIED = "copied", _("a copy is here")


class Link(models.Model):
    """A page elsewhere where a session's recording can be watched: announced until a copy is here, and looked at."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="+")
    platform = models.CharField(max_length=20, help_text="A name in `known.PAGES`.")
    url = models.URLField(max_length=500)
    language = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=300, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=LinkState, default=LinkState.NEW)
    reason = models.TextField(blank=True, help_text="Why the last look found nothing.")
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Looks in a row that found nothing.")
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When it was last seen there.")
    next_at = models.DateTimeField()
    arrival = models.ForeignKey(Arrival, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(site.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("session", "url", name="link_once")]
        indexes = [models.Index("next_at", name="link_next")]

    def __str__(self) -> str:
        return self.url
