"""What a series owes after each session, and the checklist of one session."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import MaterialKind, Session


class Owed(models.Model):
    """One line of what a series owes: this kind of material, so many days after the end (0: before it starts)."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="owed")
    kind = models.CharField(max_length=10, choices=MaterialKind)
    days = models.PositiveSmallIntegerField(default=2)

    class Meta:
        verbose_name_plural = "owed"
        constraints = [models.UniqueConstraint("series", "kind", name="owed_once")]


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
        """Items still owed, the most urgent first; for a session that was withdrawn nobody owes anything."""
        owed = self.filter(state__in=ItemState.open(), session__withdrawn_at=None)
        return owed.order_by("due_at", "id")

    def visible_to(self, visitor: Visitor) -> Self:
        """Items an organiser may work on."""
        return self.filter(session__in=Session.objects.organised_by(visitor))


class Item(models.Model):
    """One thing owed for one session, done by fact: when a material of its kind is out."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=MaterialKind)
    state = models.CharField(max_length=7, choices=ItemState, default=ItemState.WAITING)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField(help_text="The first promise, so that a moved one can be told.")
    moves = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why it is waived or held; shown to everybody.")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint("session", "kind", name="item_once")]
        indexes = [models.Index("state", "due_at", name="item_due")]


class Checklist(models.Model):
    """That a session's checklist was opened; the row is the claim, so two workers cannot both open it."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="checklist")
    opened_at = models.DateTimeField()
