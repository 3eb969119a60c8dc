"""What search looks through: sets of words to find by, the texts themselves to quote from, and facts to narrow by."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from recordings.catalogue.models import Recording
from seminars.people.models import Community


class TokensField(models.TextField):  # type: ignore[type-arg]  # its two types are str, as in its parent
    """A set of words with spaces between. PostgreSQL keeps it as `tsvector`, taken as it is: no parser, no stemming."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return the column's type."""
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        """Return how a value is written into SQL."""
        return "array_to_tsvector(string_to_array(%s, ' '))" if connection.vendor == "postgresql" else "%s"

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        """Return the words again; PostgreSQL gives them in quotes and in its own order."""
        return value.replace("'", "") if value and connection.vendor == "postgresql" else value


class SearchText(models.Model):
    """One field of a recording, such as its transcript, as one row to find it by. Narrow: many are read at once."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="texts")
    field = models.CharField(max_length=10, help_text="title, speakers, caption, …")
    weight = models.PositiveSmallIntegerField(help_text="How much a word in it counts.")
    only_for = models.ForeignKey(
        Community,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Its members alone may see this text; empty: all who see the recording.",
    )


class SearchTokens(models.Model):
    """The words of a field, in the forms they are looked for: as written, by stem, in pairs. What is indexed."""

    text = models.OneToOneField(SearchText, models.CASCADE, primary_key=True, related_name="tokens")
    tokens = TokensField()


class SearchDocument(models.Model):
    """A piece of text that a hit can quote: a minute of captions, a slide, a paragraph."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="documents")
    field = models.CharField(max_length=10, help_text="title, speakers, caption, …")
    language = models.CharField(max_length=10, blank=True)
    seconds = models.FloatField(null=True, help_text="Where in the recording it begins.")
    page = models.PositiveIntegerField(null=True, help_text="Of the slides.")
    only_for = models.ForeignKey(Community, models.CASCADE, null=True, blank=True, related_name="+")
    marks = models.JSONField(
        default=list, help_text="Of captions: of each cue its second, first character and first word."
    )
    text = models.TextField()
    folded = models.TextField(help_text="Its words in lower case without accents, spaces around each.")
    stems = models.TextField(default="", help_text="The stem of each of these words, likewise.")


class SearchDrawer(models.Model):
    """Where the words of a recording stand in its documents: those with some first letters, as `placing` keeps them."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="drawers", db_index=False)
    only_for = models.ForeignKey(Community, models.CASCADE, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="Which of the drawers it is.")
    places = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["recording", "number"], name="search_drawer")]


class SearchWord(models.Model):
    """A word of the archive, to mend typing mistakes by. number: how many recordings hold it, hidden ones too."""

    word = models.CharField(max_length=24, unique=True)
    number = models.PositiveIntegerField(default=0)
    tokens = TokensField(help_text="The word, and what is left of it without any one of its letters.")

    def __str__(self) -> str:
        return self.word


class SearchCard(models.Model):
    """What narrows a search down, of one recording. What sessions say themselves is asked of them."""

    recording = models.OneToOneField(
        Recording, models.CASCADE, primary_key=True, related_name="card", help_text="Of which it speaks."
    )
    year = models.PositiveSmallIntegerField(null=True)
    seconds = models.PositiveIntegerField(null=True, help_text="How long it is; empty: nobody knows.")
    topics = models.CharField(max_length=500, blank=True, help_text="Primary keys, spaces between.")
    languages = models.CharField(max_length=200, blank=True, help_text="Of its texts, spaces between.")
    captions = models.BooleanField(default=False)
    slides = models.BooleanField(default=False)
    papers = models.CharField(
        max_length=200, blank=True, help_text="Who may read one: * everybody, else communities' primary keys."
    )
