"""Sessions, who speaks at them, and what may be read, heard or watched of them."""

import uuid
from datetime import datetime, time
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField, ZoneField
from seminars.people.membership.models import Cohort
from seminars.people.models import Community, Form, Joining, Person
from seminars.people.visitors import Visitor
from seminars.series.models import WHOLE, Audience, Part, Series
from seminars.series.models import Precision as Precision
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic
from seminars.sessions.state import State
from seminars.words import Words


class Echo(models.TextChoices):
    """How a session repeats another one, its lead."""

    TWIN = "twin", _("the same topic again, live, at another hour")
    RELAY = "relay", _("the recording, shown at another hour with a host")


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions."""

    def published(self) -> Self:
        """Sessions that are out, cancelled and withdrawn ones too."""
        return self.filter(published_at__isnull=False)

    def upcoming(self, *, now: datetime) -> Self:
        """Sessions that are not over at `now` (aware UTC), the next first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "id")

    def past(self, *, now: datetime) -> Self:
        """Sessions that are over at `now` (aware UTC), the latest first."""
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-id")

    def visible_to(self, visitor: Visitor) -> Self:
        """Sessions the visitor may see; an organiser sees drafts, an invited person what only the invited see."""
        if visitor.is_admin:
            return self.all()
        out = models.Q(published_at__isnull=False)
        public = (
            out & models.Q(audience=Audience.EVERYONE) & ~models.Q(series__community__joining=Joining.CLOSED)
        )
        if visitor.user_id is None:
            return self.filter(public)
        mine = Community.objects.of_member(visitor).values("id")
        organised = Community.objects.organised_by(visitor).values("id")
        member = out & models.Q(audience__in=WHOLE, series__community_id__in=mine)
        cohorts = Cohort.objects.of_member(visitor).order_by().values("id")
        member |= out & models.Q(audience=Audience.COHORT, series__cohort_id__in=cohorts)
        named = out & models.Q(id__in=_invited(visitor))
        part = models.Q(series__in=Series.objects.with_role(visitor, Part.values))
        return self.filter(public | member | named | models.Q(series__community_id__in=organised) | part)

    def inviting(self, visitor: Visitor) -> Self:
        """Sessions that are out and name the visitor among the invited."""
        return self.published().filter(id__in=_invited(visitor))

    def of_person(self, visitor: Visitor) -> Self:
        """What belongs into the visitor's own calendar: of their communities, or with an invitation."""
        mine = models.Q(series__community_id__in=Community.objects.of_member(visitor).values("id"))
        return self.visible_to(visitor).published().filter(mine | models.Q(id__in=_invited(visitor)))

    def with_all(self) -> Self:
        """With everything a list or page shows of a session, in a number of queries that rows do not raise."""
        speakers = models.Prefetch("speakers", Speaker.objects.select_related("person"))
        return self.select_related("series__community", "checklist", "question_door").prefetch_related(
            "materials", speakers, "items", "series__owed", "lead__materials"
        )

    def with_facts(self) -> Self:
        """With what the state is made of (`sessions.facts`), likewise."""
        return self.select_related("series", "checklist").prefetch_related(
            "materials", "speakers", "items", "series__owed", "lead__materials"
        )

    def organised_by(self, visitor: Visitor) -> Self:
        """Sessions the visitor may change."""
        return self.filter(series__in=Series.objects.organised_by(visitor))

    def hosted_by(self, visitor: Visitor) -> Self:
        """Sessions the visitor runs on the day: those they may change, and those of series they host."""
        hosting = models.Q(series__in=Series.objects.with_role(visitor, [Part.HOST]))
        return self.filter(hosting | models.Q(series__in=Series.objects.organised_by(visitor)))

    def noted_by(self, visitor: Visitor) -> Self:
        """Sessions whose report the visitor writes: those they may change, and of series they take notes in."""
        noting = models.Q(series__in=Series.objects.with_role(visitor, [Part.NOTES]))
        return self.filter(noting | models.Q(series__in=Series.objects.organised_by(visitor)))


def _invited(visitor: Visitor) -> models.QuerySet[Any, Any]:
    named = Session.named.through.objects.filter(person__user_id=visitor.user_id or 0)
    return named.values("session_id")


class Session(models.Model):
    """One meeting. `local_date`, `local_time`, `fold` and `zone` are the truth; `starts_at` and `ends_at` are derived.

    An all-day session has no `local_time` and lasts `days` days; one dated by week stands on its Monday; an undated
    one has no `local_date`. `state` is what the sweep last stored: feeds and mails render it, never the clock.
    """

    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="Of the calendar entry, for life."
    )
    series = models.ForeignKey(Series, models.PROTECT, related_name="sessions")
    within = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text="The event it is part of.",
    )
    lead = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="echoes",
        help_text="The session it repeats.",
    )
    echo = models.CharField(max_length=5, choices=Echo, blank=True, help_text="How it repeats its lead.")
    number = models.PositiveIntegerField()
    slug = models.SlugField(max_length=60, unique=True)
    title = WordsField()
    abstract = WordsField()
    original_date = models.DateField(null=True, blank=True, help_text="Where the cadence put it.")
    original_time = models.TimeField(null=True, blank=True)
    ruled = models.JSONField(
        null=True,
        blank=True,
        help_text="What a rule of the series did to the date, and why: `skips.Outcome`.",
    )
    precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    local_date = models.DateField(null=True, blank=True)
    local_time = models.TimeField(null=True, blank=True)
    fold = models.PositiveSmallIntegerField(default=0)
    zone = ZoneField()
    minutes = models.PositiveIntegerField(default=60)
    days = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    tzdata_release = models.CharField(max_length=12, blank=True)
    form = models.CharField(max_length=10, choices=Form, default=Form.VIRTUAL)
    room = models.CharField(max_length=300, blank=True)
    place = models.ForeignKey(
        Room,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sessions",
        help_text="Where `room` comes from.",
    )
    join_url = models.URLField(max_length=500, blank=True)
    view_url = models.URLField(max_length=500, blank=True)
    dial_in = models.TextField(max_length=2000, blank=True, help_text="A number a line: `dialling`.")
    doors = models.PositiveSmallIntegerField(default=15, help_text="Minutes before the start.")
    source_url = models.URLField(
        max_length=500, blank=True, help_text="Where other people's events are announced."
    )
    language = models.CharField(max_length=10, default="en")
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.EVERYONE)
    topics = models.ManyToManyField(Topic, blank=True, related_name="sessions")
    named = models.ManyToManyField(Person, blank=True, related_name="invited_to")
    published_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    postponed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When the host ended it.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(
        blank=True, help_text="Of cancelling, postponing or withdrawing; shown to everybody."
    )
    moved_from = models.JSONField(
        null=True, blank=True, help_text="The wall time that was announced before a move."
    )
    report_only = models.BooleanField(default=False, help_text="Not recorded, by choice.")
    state = models.CharField(max_length=18, choices=State.choices(), default=State.UPCOMING)
    sequence = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="LAST-MODIFIED: rises with everything a subscriber can see.")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                "series",
                "original_date",
                Coalesce("original_time", models.Value(time.min, models.TimeField())),
                name="session_once",
            ),
            models.UniqueConstraint("series", "number", name="session_number"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="session_ends_later"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True, ends_at__isnull=True)
                | models.Q(starts_at__isnull=False, ends_at__isnull=False, local_date__isnull=False),
                name="session_dated_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(lead__isnull=True, echo="")
                | models.Q(lead__isnull=False, echo__in=Echo.values),
                name="session_echo",
            ),
            models.CheckConstraint(condition=models.Q(fold__in=[0, 1]), name="session_fold"),
            models.CheckConstraint(condition=~models.Q(zone=""), name="session_has_zone"),
            models.CheckConstraint(condition=models.Q(audience__in=Audience.values), name="session_audience"),
        ]
        indexes = [
            models.Index("ends_at", name="session_end"),
            models.Index("starts_at", name="session_start"),
            models.Index("state", "starts_at", name="session_state"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_wider_than_its_series(self) -> bool:
        """Whether more people would see it than see its series."""
        widest_first = Audience.values
        return widest_first.index(self.audience) < widest_first.index(self.series.audience)

    @property
    def all_day(self) -> bool:
        """Whether it is whole days."""
        return self.local_time is None

    @property
    def heading(self) -> Words:
        """Its title by language; the series' where it has none of its own. Load `series` with it."""
        own: Words = self.title
        return own or self.series.title


class SpeakerRole(models.TextChoices):
    """What somebody does at a session."""

    SPEAKER = "speaker", _("speaker")
    MODERATOR = "moderator", _("moderator")
    HOST = "host", _("host")
    NOTE_TAKER = "note-taker", _("note-taker")


class Speaker(models.Model):
    """A person appears at a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="speakers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appearances")
    role = models.CharField(max_length=12, choices=SpeakerRole, default=SpeakerRole.SPEAKER)
    affiliation = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint("session", "person", "role", name="speaker_once")]


class MaterialKind(models.TextChoices):
    """What a material is."""

    RECORDING = "recording", _("Recording")
    VOICE = "voice", _("Voice only")
    SMALL = "small", _("Small video")
    SLIDES_VOICE = "slidevoice", _("Slides and voice")
    SLIDES = "slides", _("Slides")
    CAPTIONS = "captions", _("Captions")
    TRANSCRIPT = "transcript", _("Transcript")
    REPORT = "report", _("Session report")
    PAPER = "paper", _("Discussion paper")
    HANDOUT = "handout", _("Handout")


class MaterialState(models.TextChoices):
    """Whether a material can be had."""

    PENDING = "pending", _("on its way")
    PUBLISHED = "published", _("ready")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Material(models.Model):
    """What a session page and a feed say about one thing to read, hear or watch. The bytes live elsewhere.

    Written only by `sessions.materials.publish`, keyed by the uuid that its source gave it; all can be rebuilt.
    """

    source = models.UUIDField(unique=True, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=10, choices=MaterialKind)
    title = WordsField()
    language = models.CharField(max_length=10, blank=True)
    media_type = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    seconds = models.FloatField(null=True, blank=True, help_text="How long it plays.")
    path = models.CharField(max_length=500, help_text="Below MERIDIAN_URL, or a whole address elsewhere.")
    poster = models.CharField(max_length=500, blank=True, help_text="A still picture of it; as path.")
    state = models.CharField(max_length=9, choices=MaterialState, default=MaterialState.PUBLISHED)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "language", "id"]


class ClockLaw(models.Model):
    """What every zone does in the years to come by one tzdata release, kept because the next one replaces it.

    The latest row is the law that was last compared. `follows` is unique: of two who note a release, one does.
    """

    release = models.CharField(max_length=12)
    noted_at = models.DateTimeField()
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    zones = models.JSONField(
        help_text="By zone, [Unix second, offset in seconds] of each step: sessions.laws."
    )

    class Meta:
        ordering = ["id"]


class Keeping(models.TextChoices):
    """What stays when a law of the clocks moves a session."""

    LOCAL = "local", _("the local time")
    INSTANT = "instant", _("the moment")


class LawChangeQuerySet(models.QuerySet["LawChange"]):
    """Questions about what a new law of the clocks moved."""

    def standing(self, *, now: datetime) -> Self:
        """What is still so: of sessions ahead that nobody moved since, the last word on each zone. now: aware UTC."""
        later = LawChange.objects.filter(
            session=models.OuterRef("session"), zone=models.OuterRef("zone"), id__gt=models.OuterRef("id")
        )
        stays = {f"session__{name}": None for name in ("cancelled_at", "postponed_at", "withdrawn_at")}
        ahead = self.filter(session__ends_at__gt=now, session__starts_at=models.F("starts_after"), **stays)
        return ahead.exclude(models.Exists(later))

    def undecided(self) -> Self:
        """What no organiser has answered yet; the local time stays until one does."""
        return self.filter(decided_at=None)

    def organised_by(self, visitor: Visitor) -> Self:
        """Findings about sessions the visitor may change."""
        return self.filter(session__series__in=Series.objects.organised_by(visitor))


class LawChange(models.Model):
    """A new tzdata release moved a session: its instant, or, where `zone` is not its own, the hour of members there."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="law_changes")
    zone = ZoneField(help_text="Whose law changed.")
    release_from = models.CharField(max_length=12)
    release_to = models.CharField(max_length=12)
    starts_before = models.DateTimeField()
    starts_after = models.DateTimeField()
    offset_before = models.IntegerField(help_text="Of the zone at that time, in seconds.")
    offset_after = models.IntegerField()
    found_at = models.DateTimeField()
    decided = models.CharField(max_length=7, choices=Keeping, default=Keeping.LOCAL)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = LawChangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(decided__in=Keeping.values), name="law_change_decided")
        ]

    @property
    def moved(self) -> bool:
        """Whether the session's instant moved; else only what clocks in `zone` show at it."""
        return bool(self.starts_before != self.starts_after)
