"""A series: the promise of a rhythm, and what its sessions have in common."""

import uuid
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField, ZoneField
from seminars.people.models import Community, Form, Joining
from seminars.people.visitors import Visitor


class Audience(models.TextChoices):
    """Who may see a series or session. A closed community narrows "everyone" to its members."""

    EVERYONE = "everyone", _("everyone")
    MEMBERS = "members", _("members of the community")
    NAMED = "named", _("invited people only")


class SeriesQuerySet(models.QuerySet["Series"]):
    """Questions about series."""

    def published(self) -> Self:
        """Series that are out."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, visitor: Visitor) -> Self:
        """Series whose page the visitor may see; drafts are seen by the community's organisers."""
        if visitor.is_admin:
            return self.all()
        out = models.Q(published_at__isnull=False)
        public = out & models.Q(audience=Audience.EVERYONE) & ~models.Q(community__joining=Joining.CLOSED)
        if visitor.user_id is None:
            return self.filter(public)
        mine = Community.objects.of_member(visitor).values("id")
        organised = Community.objects.organised_by(visitor).values("id")
        member = out & ~models.Q(audience=Audience.NAMED) & models.Q(community_id__in=mine)
        return self.filter(public | member | models.Q(community_id__in=organised))


class Series(models.Model):
    """Sessions that belong together, with the rhythm they keep in their own zone.

    The wall time `local_time` in `zone` on each date of the cadence is the truth. A single event is a series of one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=50, unique=True)
    community = models.ForeignKey(Community, models.PROTECT, related_name="series")
    title = WordsField()
    abstract = WordsField()
    zone = ZoneField()
    first_date = models.DateField(help_text="The earliest date of the cadence, in the series' zone.")
    rrule = models.CharField(max_length=300, blank=True, help_text="RFC 5545 RRULE without DTSTART.")
    rdates = models.JSONField(default=list, blank=True, help_text="Further local dates, ISO 8601.")
    exdates = models.JSONField(default=list, blank=True, help_text="Local dates left out, ISO 8601.")
    local_time = models.TimeField(
        null=True, blank=True, help_text="Wall time of the start; empty for all-day."
    )
    minutes = models.PositiveIntegerField(
        default=60, validators=[MinValueValidator(1), MaxValueValidator(14 * 1440)]
    )
    days = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    form = models.CharField(max_length=10, choices=Form, default=Form.VIRTUAL)
    room = models.CharField(max_length=300, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    view_url = models.URLField(max_length=500, blank=True)
    dial_in = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.EVERYONE)
    external = models.BooleanField(
        default=False, help_text="Other people's events, listed with their source."
    )
    source_url = models.URLField(
        max_length=500, blank=True, help_text="Where other people's events are announced."
    )
    date_rules = models.JSONField(
        default=dict, blank=True, help_text="What becomes of dates that do not suit, as `skips.Rules`."
    )
    skipped = models.JSONField(
        default=list, blank=True, help_text="Dates that a rule took when sessions were made, and why."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    next_number = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    form_key = models.CharField(
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        help_text="Of the form it came from: a double click makes one.",
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=~models.Q(zone=""), name="series_has_zone"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1, days__gte=1), name="series_lasts"),
            models.CheckConstraint(condition=models.Q(audience__in=Audience.values), name="series_audience"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def all_day(self) -> bool:
        """Whether its sessions are whole days."""
        return self.local_time is None
