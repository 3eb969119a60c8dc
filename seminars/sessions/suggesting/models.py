"""A topic that somebody suggests, and who wants it too."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Community, Person
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session

LONGEST = 2000


class SuggestionState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("open for votes")
    PLANNED = "planned", _("planned")
    DECLINED = "declined", _("declined")
    MERGED = "merged", _("merged")


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Questions about suggestions."""

    def out(self) -> Self:
        """Those whose proposer has proved the address."""
        return self.filter(confirmed_at__isnull=False)

    def visible_to(self, visitor: Visitor) -> Self:
        """Those about series, or of communities, that the visitor may see: of all but open ones only members' own."""
        rows = self.out()
        if visitor.is_admin:
            return rows
        series = Q(series=None) | Q(series_id__in=Series.objects.visible_to(visitor).values("id"))
        mine = Q(community_id__in=Community.objects.of_member(visitor).values("id"))
        return rows.filter(series).filter(Q(community__joining="open") | mine)

    def by_votes(self) -> Self:
        """With `count`, the number of votes that count: the most first."""
        counted = Count("votes", filter=Q(votes__confirmed_at__isnull=False))
        return self.annotate(count=counted).order_by("-count", "made_at", "pk")


class Suggestion(models.Model):
    """A topic, for one series or for the community. It is shown once its proposer's address is confirmed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.CASCADE, related_name="suggestions")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="suggestions")
    title = models.CharField(max_length=200)
    why = models.TextField(max_length=LONGEST, blank=True)
    language = models.CharField(max_length=10, default="en")
    name = models.CharField(max_length=200, blank=True, help_text="Of the proposer, as it is shown.")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=SuggestionState, default=SuggestionState.OPEN)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="suggestions")
    answer = models.CharField(max_length=500, blank=True, help_text="Words of the organisers.")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("community", "state", name="suggestion_list")]

    def __str__(self) -> str:
        return self.title


class Vote(models.Model):
    """One address wants it; the first is the proposer's. `token` is the secret by which its owner confirms or ends it.

    It counts once the address is proved: at once for who is signed in, else by the link in a mail.
    """

    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="votes")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    email = models.EmailField(help_text="In small letters; shown to nobody.")
    proposes = models.BooleanField(default=False)
    wants_word = models.BooleanField(default=True, help_text="A mail when it is planned.")
    language = models.CharField(max_length=10)
    zone = models.CharField(max_length=64, blank=True)
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the answer was written down.")

    class Meta:
        constraints = [models.UniqueConstraint("suggestion", "email", name="vote_once")]

    def __str__(self) -> str:
        return f"{self.suggestion_id}: {self.email}"
