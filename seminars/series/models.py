"""A series: the promise of a rhythm, and what its sessions have in common."""

import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField, ZoneField
from seminars.people.membership.models import Cohort
from seminars.people.models import Community, Form, Joining, Person
from seminars.people.visitors import Visitor
from seminars.series.leads import usual
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic


class Audience(models.TextChoices):
    """Who may see a series or session. A closed community narrows "everyone" to its members."""

    EVERYONE = "everyone", _("everyone")
    MEMBERS = "members", _("members of the community")
    COHORT = "cohort", _("one cohort of the community")
    NAMED = "named", _("invited people only")


WHOLE = (Audience.EVERYONE, Audience.MEMBERS)
"""What all members of a community may see."""


class Precision(models.TextChoices):
    """How much of the date is known."""

    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    NONE = "none", _("not yet dated")


class Part(models.TextChoices):
    """What somebody does in one series, whatever they are in its community."""

    OWNER = "owner", _("owner")
    ORGANISER = "organiser", _("organiser")
    HOST = "host", _("host")
    NOTES = "note-taker", _("note-taker")

    @classmethod
    def planning(cls) -> list["Part"]:
        """Roles that plan the series."""
        return [cls.OWNER, cls.ORGANISER]


class SeriesQuerySet(models.QuerySet["Series"]):
    """Questions about series."""

    def published(self) -> Self:
        """Series that are out."""
        return self.filter(published_at__isnull=False)

    def with_role(self, visitor: Visitor, roles: Iterable[str]) -> Self:
        """Series in which the visitor has one of `roles`, whatever they are in the community."""
        mine = SeriesRole.objects.filter(person__user_id=visitor.user_id or 0, role__in=list(roles))
        return self.filter(id__in=mine.values("series_id"))

    def organised_by(self, visitor: Visitor) -> Self:
        """Series the visitor plans: of communities they plan for, and those they own or organise themselves."""
        if visitor.is_admin:
            return self.all()
        ours = models.Q(community_id__in=Community.objects.organised_by(visitor).values("id"))
        return self.filter(ours | models.Q(id__in=self._mine(visitor, Part.planning())))

    def owned_by(self, visitor: Visitor) -> Self:
        """Series whose roles the visitor gives: of communities they plan for, and those they own."""
        if visitor.is_admin:
            return self.all()
        ours = models.Q(community_id__in=Community.objects.organised_by(visitor).values("id"))
        return self.filter(ours | models.Q(id__in=self._mine(visitor, [Part.OWNER])))

    def _mine(self, visitor: Visitor, roles: Iterable[str]) -> models.QuerySet[Any, Any]:
        return Series.objects.with_role(visitor, roles).values("id")

    def visible_to(self, visitor: Visitor) -> Self:
        """Series whose page the visitor may see; drafts are seen by organisers and by who has a role in them."""
        if visitor.is_admin:
            return self.all()
        out = models.Q(published_at__isnull=False)
        public = out & models.Q(audience=Audience.EVERYONE) & ~models.Q(community__joining=Joining.CLOSED)
        if visitor.user_id is None:
            return self.filter(public)
        mine = Community.objects.of_member(visitor).values("id")
        organised = Community.objects.organised_by(visitor).values("id")
        member = out & models.Q(audience__in=WHOLE, community_id__in=mine)
        cohorts = Cohort.objects.of_member(visitor).order_by().values("id")
        member |= out & models.Q(audience=Audience.COHORT, cohort_id__in=cohorts)
        part = models.Q(id__in=self._mine(visitor, Part.values))
        return self.filter(public | member | models.Q(community_id__in=organised) | part)


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
    precision = models.CharField(
        max_length=5,
        choices=Precision,
        default=Precision.DAY,
        help_text="How much of the date is known of the sessions that its rhythm makes.",
    )
    form = models.CharField(max_length=10, choices=Form, default=Form.VIRTUAL)
    room = models.CharField(max_length=300, blank=True)
    place = models.ForeignKey(Room, models.SET_NULL, null=True, blank=True, related_name="series")
    join_url = models.URLField(max_length=500, blank=True)
    view_url = models.URLField(max_length=500, blank=True)
    dial_in = models.TextField(max_length=2000, blank=True, help_text="A number a line: `dialling`.")
    doors = models.PositiveSmallIntegerField(
        default=15,
        validators=[MaxValueValidator(120)],
        help_text="Minutes before the start from which one can join.",
    )
    language = models.CharField(max_length=10, default="en")
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.EVERYONE)
    cohort = models.ForeignKey(
        Cohort,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="series",
        help_text="Who sees it where the audience is a cohort.",
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="series")
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
    invites = models.BooleanField(
        default=True, help_text="Registered people get invitations for their calendar; else the feed only."
    )
    reminders = models.JSONField(
        default=usual, blank=True, help_text="When registered people are reminded: names of `series.leads`."
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


class SeriesRole(models.Model):
    """A person has a part in a series: one only, of which the wider includes what the narrower may do."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="roles")
    person = models.ForeignKey(Person, models.CASCADE, related_name="parts")
    role = models.CharField(max_length=10, choices=Part)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("series", "person", name="series_role_once"),
            models.CheckConstraint(condition=models.Q(role__in=Part.values), name="series_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role}"
