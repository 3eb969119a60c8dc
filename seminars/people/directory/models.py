"""What a member says of themselves to the other members, and to nobody else."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from seminars.fields import ZoneField
from seminars.people.models import Community, Membership
from seminars.people.visitors import Visitor

LONGEST = 1000


class EntryQuerySet(models.QuerySet["DirectoryEntry"]):
    """Questions about entries."""

    def visible_to(self, visitor: Visitor) -> Self:
        """Entries of the communities to which the visitor belongs: nobody else sees any, administrators either."""
        mine = Community.objects.of_member(visitor).values("id")
        return self.filter(membership__community_id__in=mine)

    def of(self, community: Community) -> Self:
        """Entries of one community, with their people."""
        rows = self.filter(membership__community=community)
        return rows.select_related("membership__person").order_by("name", "pk")

    def in_zones(self, zones: Iterable[str]) -> Self:
        """Entries by one of these clocks."""
        return self.filter(zone__in=list(zones))

    def speaking(self, language: str) -> Self:
        """Entries that name this language."""
        return self.filter(languages__contains=f" {language} ")

    def saying(self, words: str) -> Self:
        """Entries in whose offers and seeks (name and sector too) each of these words is found, in any case."""
        found = self
        for word in words.casefold().split():
            found = found.filter(text__contains=word)
        return found

    def with_any(self, column: str, words: Iterable[str]) -> Self:
        """Entries whose `column` (`offer_words` or `seek_words`) has one of these words."""
        asked = Q(pk=None)
        for word in words:
            asked |= Q(**{f"{column}__contains": f" {word} "})
        return self.filter(asked)


class DirectoryEntry(models.Model):
    """A membership in the directory. There is a row only while its member wants one; each column may be left empty.

    It is not the person's profile: what is left out here is not shown, whatever else the site knows.
    """

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="entry")
    name = models.CharField(max_length=200, blank=True)
    zone = ZoneField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    sector = models.CharField(max_length=80, blank=True)
    languages = models.CharField(max_length=200, blank=True, help_text="Tags between blanks: “ en fr ”.")
    offers = models.TextField(max_length=LONGEST, blank=True)
    seeks = models.TextField(max_length=LONGEST, blank=True)
    writable = models.BooleanField(default=True, help_text="Members may write, by a message passed on.")
    introducible = models.BooleanField(default=False, help_text="Facilitators may introduce without asking.")
    text = models.TextField(blank=True, editable=False, help_text="All words in small letters, to search.")
    offer_words = models.TextField(blank=True, editable=False, help_text="As `matching.words_of` gives them.")
    seek_words = models.TextField(blank=True, editable=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "directory entries"
        indexes = [
            models.Index("zone", name="directory_zone"),
            models.Index("sector", name="directory_sector"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.name}"

    @property
    def tags(self) -> list[str]:
        """The languages, as tags."""
        return self.languages.split()
