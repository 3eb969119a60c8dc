"""An invitation by mail."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Community
from seminars.series.models import Series


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations."""

    def standing(self) -> Self:
        """Those that nobody answered or took back, expired ones too."""
        return self.filter(accepted_at=None, declined_at=None, revoked_at=None)

    def in_community(self, community: Community) -> Self:
        """To the community itself, not to one of its series."""
        return self.filter(community=community, series=None)


class Invitation(models.Model):
    """Somebody is asked, at one address, to take a role. Only the hash of the link in the mail is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="invitations")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="invitations")
    email = models.EmailField(help_text="In small letters.")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, help_text="Of the community, or of the series where there is one.")
    language = models.CharField(max_length=10)
    token_hash = models.CharField(max_length=64, unique=True)
    sends = models.PositiveIntegerField(default=1, help_text="How often it was sent.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "community",
                "email",
                condition=models.Q(
                    series__isnull=True,
                    accepted_at__isnull=True,
                    declined_at__isnull=True,
                    revoked_at__isnull=True,
                ),
                name="invitation_once_community",
            ),
            models.UniqueConstraint(
                "series",
                "email",
                condition=models.Q(
                    series__isnull=False,
                    accepted_at__isnull=True,
                    declined_at__isnull=True,
                    revoked_at__isnull=True,
                ),
                name="invitation_once_series",
            ),
        ]
        verbose_name = _("invitation")

    def __str__(self) -> str:
        return f"{self.email}: {self.role}"
