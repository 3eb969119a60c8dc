"""Topics, and every short name that one ever had."""

from django.db import models

from seminars.fields import WordsField


class Topic(models.Model):
    """What sessions are about, across communities. Its address answers for ever, so it is never deleted."""

    slug = models.SlugField(max_length=50, unique=True)
    name = WordsField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class TopicSlug(models.Model):
    """A short name under which a topic is or was known, the present one too: its addresses answer for ever."""

    slug = models.SlugField(max_length=50, unique=True)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="slugs")

    def __str__(self) -> str:
        return self.slug
