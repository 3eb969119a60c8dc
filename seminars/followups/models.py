"""What a series owes after each session, and the checklist of one session."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from seminars import clock
from seminars.fields import WordsField, ZoneField
from seminars.followups.kinds import LONGEST, is_by_hand, is_file, label_of
from seminars.people.models import Person
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Owed(models.Model):
    """One line of what a series owes around each session: a kind of `followups.kinds`, or a task in own words."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="owed")
    kind = models.CharField(max_length=LONGEST)
    words = WordsField(help_text="Of a task that the organisers named themselves.")
    days = models.SmallIntegerField(
        default=2, help_text="After the end; below 0 before the day of the session; 0 by its start."
    )

    class Meta:
        verbose_name_plural = "owed"
        constraints = [models.UniqueConstraint("series", "kind", name="owed_once")]

    @property
    def what(self) -> "str | StrPromise":
        """What it is called, in the page's language."""
        return label_of(self.kind, self.words, get_language() or "en")


class ItemState(models.TextChoices):
    """Where an item stands."""

    WAITING = "waiting", _("waiting")
    DUE = "due", _("due")
    OVERDUE = "overdue", _("overdue")
    DONE = "done", _("done")
    WAIVED = "waived", _("waived")
    HELD = "held", _("held")

    @classmethod
    def open(cls) -> list["ItemState"]:
        """States in which somebody still owes something."""
        return [cls.WAITING, cls.DUE, cls.OVERDUE, cls.HELD]


class ItemQuerySet(models.QuerySet["Item"]):
    """Questions about items."""

    def open(self) -> Self:
        """Items still owed, the most urgent first; for a session that is called off nobody owes anything."""
        on = {"session__withdrawn_at": None, "session__cancelled_at": None, "session__postponed_at": None}
        return self.filter(state__in=ItemState.open(), **on).order_by("due_at", "id")

    def visible_to(self, visitor: Visitor) -> Self:
        """Items an organiser may work on."""
        return self.filter(session__in=Session.objects.organised_by(visitor))


class Item(models.Model):
    """One thing owed for one session: done by fact, when a material of its kind is out, or ticked off, if a task."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=LONGEST)
    words = WordsField(help_text="Of a task that the organisers named themselves.")
    state = models.CharField(max_length=7, choices=ItemState, default=ItemState.WAITING)
    person = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="items",
        help_text="Who sees to it; nobody: who leads the series.",
    )
    zone = ZoneField(blank=True, help_text="Whose 17:00 it is due; the session's where empty.")
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField(help_text="The first promise, so that a moved one can be told.")
    moves = models.PositiveSmallIntegerField(default=0)
    days = models.SmallIntegerField(null=True, blank=True, help_text="As `Owed.days` when it was opened.")
    counted_from = models.DateTimeField(
        null=True, blank=True, help_text="Start or end of the session from which its time was counted."
    )
    reason = models.TextField(blank=True, help_text="Why it is waived or held; shown to everybody.")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who ticked it off; nobody where a fact did.",
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint("session", "kind", name="item_once")]
        indexes = [models.Index("state", "due_at", name="item_due")]

    @property
    def what(self) -> "str | StrPromise":
        """What it is called, in the page's language."""
        return label_of(self.kind, self.words, get_language() or "en")

    @property
    def is_file(self) -> bool:
        """Whether everybody sees it: a material of the archive."""
        return is_file(self.kind)

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody ticks it off."""
        return is_by_hand(self.kind)

    @property
    def where(self) -> str:
        """The zone whose days and hours its time is told in. Load `session` with it."""
        return str(self.zone or self.session.zone)

    @property
    def day(self) -> date:
        """The day for which it is promised. Load `session` with it."""
        return clock.to_wall(self.due_at, self.where).date()

    @property
    def first_day(self) -> date:
        """The day for which it was promised first. Load `session` with it."""
        return clock.to_wall(self.first_due_at, self.where).date()


class Checklist(models.Model):
    """That a session's checklist was opened; the row is the claim, so two workers cannot both open it."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="checklist")
    opened_at = models.DateTimeField()
