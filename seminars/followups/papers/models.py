"""A discussion paper: the draft that is worked on, each version that came out, who reviewed it and what they said."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Community, Joining, Person
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.speaking.models import Licence


class PaperState(models.TextChoices):
    """Where the work on a paper stands. What is out is told by its versions."""

    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Verdict(models.TextChoices):
    """What a reviewer thinks of it as a whole."""

    OPEN = "", _("no answer yet")
    FINE = "fine", _("fine as it is")
    SMALL = "small", _("fine after small changes")
    LARGE = "large", _("not yet: large changes")


class Text(models.Model):
    """The text of a paper, in Markdown. Taken whole from the draft into each version."""

    title = models.CharField(max_length=200)
    authors = models.TextField(blank=True, help_text="One a line: name, institution.")
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True, help_text="Markdown (CommonMark, with tables).")
    language = models.CharField(max_length=10, default="en")
    licence = models.CharField(max_length=12, choices=Licence, default=Licence.BY)
    doi = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


TEXT = tuple(field.name for field in Text._meta.local_fields)


class PaperQuerySet(models.QuerySet["Paper"]):
    """Questions about papers."""

    def out(self) -> Self:
        """Those of which a version is out, superseded and withdrawn ones too; the latest first."""
        return self.filter(published_at__isnull=False).order_by("-published_at", "-pk")

    def visible_to(self, visitor: Visitor) -> Self:
        """Those out that the visitor may read: of a closed community what is for everybody, else as a member."""
        rows = self.out()
        if visitor.is_admin:
            return rows
        public = models.Q(for_everybody=True) | ~models.Q(community__joining=Joining.CLOSED)
        if visitor.user_id is None:
            return rows.filter(public)
        mine = Community.objects.of_member(visitor).values("id")
        return rows.filter(public | models.Q(community_id__in=mine))

    def edited_by(self, visitor: Visitor) -> Self:
        """Those on which the visitor works, out or not: of communities they plan for."""
        if visitor.is_admin:
            return self.all()
        return self.filter(community__in=Community.objects.organised_by(visitor))


class Paper(Text):
    """One paper. Its own text is the draft; `revision` counts its changes. Never deleted once a version is out."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.PROTECT, related_name="papers")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True, help_text="Within the year, once it is out.")
    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True, help_text="Once it is out.")
    for_everybody = models.BooleanField(default=False, help_text="Of a closed community, too.")
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", help_text="If superseded."
    )
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it was withdrawn; shown to everybody."
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True, help_text="When its first version came out.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    sessions: "models.ManyToManyField[Session, PaperSession]" = models.ManyToManyField(
        Session, through="PaperSession", related_name="papers"
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("community", "year", "number", name="paper_number"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True)
                | models.Q(year__isnull=False, number__isnull=False, slug__isnull=False),
                name="paper_out_whole",
            ),
        ]
        indexes = [models.Index(fields=["-published_at"], name="paper_out")]

    def __str__(self) -> str:
        return self.label or self.title

    @property
    def label(self) -> str:
        """What it is cited by: "DP 2026/3"; "" until it is out."""
        return f"DP {self.year}/{self.number}" if self.number else ""

    @property
    def title_out(self) -> str:
        """Its title as it is out, whatever the draft says since; "" until it is. One query."""
        return self.versions.values_list("title", flat=True).first() or ""

    @property
    def is_closed(self) -> bool:
        """Whether no more work is done on it."""
        return self.state in {PaperState.SUPERSEDED, PaperState.WITHDRAWN}


class PaperSession(models.Model):
    """That a paper draws on a session. source: of the material on the session's page."""

    paper = models.ForeignKey(Paper, models.CASCADE)
    session = models.ForeignKey(Session, models.PROTECT)
    source = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint("paper", "session", name="paper_session_once")]


class PaperDraft(Text):
    """The text as somebody saved it: append-only, so that nothing that was written is lost."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="drafts")
    revision = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint("paper", "revision", name="paper_draft_once")]


class PaperVersion(Text):
    """A version that came out. It never changes. told_at: when its mails were written down, empty while they wait."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    changes = models.TextField(blank=True, help_text="What is new in it, for its readers.")
    out_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    tell = models.BooleanField(default=True, help_text="Members and readers get a mail.")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint("paper", "version", name="paper_version_once")]
        indexes = [
            models.Index("out_at", condition=models.Q(tell=True, told_at=None), name="paper_version_untold")
        ]


class PaperReview(models.Model):
    """Somebody named was asked to review. `token` is the secret of their page; no account is needed."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="reviews")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="paper_reviews")
    name = models.CharField(max_length=120)
    email = models.EmailField(help_text="In small letters.")
    token = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=5, choices=Verdict, blank=True)
    words = models.TextField(blank=True, help_text="On the paper as a whole.")
    answered_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the editor was told of the answer.")

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                "paper", "email", condition=models.Q(revoked_at=None), name="paper_review_once"
            )
        ]
        indexes = [models.Index("due_at", condition=models.Q(answered_at=None), name="paper_review_due")]

    def is_late(self, now: datetime) -> bool:
        """Whether the deadline is over without an answer. now: aware UTC."""
        return self.answered_at is None and now >= self.due_at


class PaperComment(models.Model):
    """A reviewer's comment on one paragraph of the text as they saw it, and what the authors did about it."""

    review = models.ForeignKey(PaperReview, models.CASCADE, related_name="comments")
    revision = models.PositiveIntegerField(help_text="Of the paper, as it was read.")
    place = models.CharField(
        max_length=300, blank=True, help_text="How the paragraph began; empty: the whole."
    )
    text = models.TextField()
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
