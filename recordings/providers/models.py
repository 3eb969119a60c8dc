"""A community's account at a provider, and each recording that was seen there."""

import uuid
from typing import Self

from django.conf import settings as site
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Arrival, Found
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

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [models.UniqueConstraint("account", "key", name="offer_once")]
        indexes = [models.Index("expires_at", name="offer_expires")]

    def __str__(self) -> str:
        return self.title or self.key
