"""What members of a community share with each other: links, opportunities, documents, tools."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from seminars.fields import ZoneField
from seminars.people.models import Community, Joining, Person
from seminars.people.visitors import Visitor
from seminars.series.topics.models import Topic

SOON = timedelta(days=14)


class ResourceKind(models.TextChoices):
    """What it is."""

    LINK = "link", _("Link")
    OPPORTUNITY = "opportunity", _("Opportunity")
    DOCUMENT = "document", _("Document")
    TOOL = "tool", _("Tool")


class ResourceState(models.TextChoices):
    """Where it stands."""

    WAITING = "waiting", _("waits for the moderator")
    PUBLISHED = "published", _("on the list")
    DECLINED = "declined", _("not taken")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Questions about resources."""

    def published(self) -> Self:
        """Those on the list."""
        return self.filter(state=ResourceState.PUBLISHED)

    def visible_to(self, visitor: Visitor) -> Self:
        """Those on lists that the visitor may see: everybody an open community's, only members another's."""
        if visitor.is_admin:
            return self.published()
        public = Q(community__joining=Joining.OPEN)
        if visitor.user_id is None:
            return self.published().filter(public)
        mine = Q(community_id__in=Community.objects.of_member(visitor).values("id"))
        return self.published().filter(public | mine)

    def moderated_by(self, visitor: Visitor) -> Self:
        """Those whose list the visitor keeps, whatever their state."""
        return self.filter(community__in=Community.objects.organised_by(visitor))

    def of_poster(self, visitor: Visitor) -> Self:
        """Those the visitor posted, whatever their state."""
        return self.filter(posted_by__user_id=visitor.user_id or 0)

    def waiting(self) -> Self:
        """Those that wait for a moderator, the longest first."""
        return self.filter(state=ResourceState.WAITING).order_by("posted_at", "pk")

    def current(self, *, now: datetime) -> Self:
        """Those whose deadline is not over at `now` (aware UTC), or that have none: the next deadlines first."""
        rows = self.filter(Q(due_at=None) | Q(due_at__gte=now))
        return rows.order_by(models.F("due_at").asc(nulls_last=True), "-published_at", "-pk")

    def passed(self, *, now: datetime) -> Self:
        """Those whose deadline is over at `now` (aware UTC), the latest first."""
        return self.filter(due_at__lt=now).order_by("-due_at", "-pk")

    def fresh(self, *, since: datetime) -> Self:
        """Those that came to a list since `since` (aware UTC), the latest first."""
        return self.published().filter(published_at__gte=since).order_by("-published_at", "-pk")

    def due_soon(self, *, now: datetime, within: timedelta = SOON) -> Self:
        """Those whose deadline comes in the time `within` after `now` (aware UTC), the next first."""
        rows = self.published().filter(due_at__gte=now, due_at__lte=now + within)
        return rows.order_by("due_at", "pk")


class Resource(models.Model):
    """One thing shared. `due_on` at `due_time` (empty: till midnight) in `zone` is the truth; `due_at` derived."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="resources")
    kind = models.CharField(max_length=11, choices=ResourceKind, default=ResourceKind.LINK)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    about = models.TextField(max_length=1000, blank=True)
    language = models.CharField(max_length=10, default="en")
    due_on = models.DateField(null=True, blank=True)
    due_time = models.TimeField(null=True, blank=True)
    zone = ZoneField(blank=True, help_text="Whose clock the deadline counts by.")
    due_at = models.DateTimeField(null=True, blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="resources")
    state = models.CharField(max_length=9, choices=ResourceState, default=ResourceState.WAITING)
    reason = models.CharField(
        max_length=500, blank=True, help_text="Of the moderator, where it was not taken."
    )
    posted_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="resources")
    posted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, due_at__isnull=True)
                | Q(due_on__isnull=False, due_at__isnull=False),
                name="resource_due_whole",
            )
        ]
        indexes = [
            models.Index("community", "state", "due_at", name="resource_list"),
            models.Index("state", "published_at", name="resource_fresh"),
        ]

    def __str__(self) -> str:
        return self.title


class ResourceRule(models.Model):
    """How a community's list is kept. Without a row a member's post waits for the moderator."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="resource_rule")
    at_once = models.BooleanField(default=False, help_text="Members' posts are on the list at once.")

    def __str__(self) -> str:
        return str(self.community_id)
