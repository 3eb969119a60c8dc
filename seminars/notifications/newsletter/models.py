"""When a letter goes out, and each issue of it: a draft, on its way, sent; or left out, and why."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField, ZoneField
from seminars.people.models import Community, Joining
from seminars.people.visitors import Visitor

SITE = "site"


class Every(models.TextChoices):
    """How often a letter goes out by itself."""

    NEVER = "", _("Not by itself")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class IssueState(models.TextChoices):
    """Where an issue stands."""

    DRAFT = "draft", _("draft")
    GOING = "going", _("going out")
    SENT = "sent", pgettext_lazy("newsletter", "sent")
    LEFT_OUT = "left-out", _("left out")


class LetterPlan(models.Model):
    """When the letter of a community (none: the site) goes out, by the clock of `zone`. Without a row: never."""

    scope = models.CharField(max_length=40, unique=True, help_text="As `readers.scope_of` says.")
    community = models.OneToOneField(Community, models.CASCADE, null=True, related_name="letter_plan")
    every = models.CharField(max_length=5, choices=Every, blank=True)
    weekday = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    day = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="Of the month; in a shorter month its last.",
    )
    hour = models.PositiveSmallIntegerField(default=9, validators=[MaxValueValidator(23)])
    zone = ZoneField()
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(every__in=Every.values), name="letter_every"),
            models.CheckConstraint(
                condition=models.Q(every="", next_at__isnull=True) | models.Q(next_at__isnull=False),
                name="letter_has_next",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.every}"


class IssueQuerySet(models.QuerySet["Issue"]):
    """Questions about issues."""

    def out(self) -> Self:
        """Those that are on the web: sent, or on their way; the latest first."""
        return self.filter(state__in=[IssueState.GOING, IssueState.SENT]).order_by("-went_at", "-pk")

    def visible_to(self, visitor: Visitor) -> Self:
        """Those out that the visitor may read: a closed community's only as a member."""
        rows = self.out()
        if visitor.is_admin:
            return rows
        public = models.Q(community=None) | ~models.Q(community__joining=Joining.CLOSED)
        if visitor.user_id is None:
            return rows.filter(public)
        mine = Community.objects.of_member(visitor).values("id")
        return rows.filter(public | models.Q(community_id__in=mine))

    def edited_by(self, visitor: Visitor) -> Self:
        """Those for which the visitor writes: of communities they plan for; an administrator also the site's."""
        if visitor.is_admin:
            return self.all()
        return self.filter(community__in=Community.objects.organised_by(visitor))

    def drafts(self) -> Self:
        """Those that have not gone, the next first."""
        return self.filter(state=IssueState.DRAFT).order_by(models.F("due_at").asc(nulls_last=True), "pk")


class Issue(models.Model):
    """One issue. A draft has the editor's words and choices; `items` are frozen when it goes (`items.Item`).

    stage, cursor: how far its mails are written down: the last membership, then the last subscription.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.CASCADE, null=True, blank=True, related_name="issues")
    number = models.PositiveIntegerField(null=True, blank=True, help_text="Once it goes.")
    state = models.CharField(max_length=8, choices=IssueState, default=IssueState.DRAFT)
    since = models.DateTimeField(help_text="What is new since then is in it.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When it goes; empty: by hand.")
    subject = WordsField()
    introduction = WordsField()
    choices = models.JSONField(default=dict, blank=True, help_text="Of the editor: `items.Choices`.")
    items = models.JSONField(default=list, blank=True, help_text="Frozen when it went: `items.Item`.")
    version = models.PositiveIntegerField(default=1)
    stage = models.CharField(max_length=7, default="members")
    cursor = models.PositiveBigIntegerField(default=0)
    mails = models.PositiveIntegerField(default=0, help_text="Written down so far.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was left out.")
    made_at = models.DateTimeField()
    went_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the last mail was written down.")

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("scope", "number", name="issue_number"),
            models.UniqueConstraint("scope", condition=models.Q(state="draft"), name="issue_one_draft"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "left-out"])
                | models.Q(number__isnull=False, went_at__isnull=False),
                name="issue_out_whole",
            ),
        ]
        indexes = [models.Index("state", "due_at", name="issue_due")]

    def __str__(self) -> str:
        return f"{self.scope} {self.number or self.state}"

    @property
    def reason_words(self) -> str:
        """Why it was left out, in the page's language."""
        return gettext(self.reason) if self.reason else ""
