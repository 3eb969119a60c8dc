"""Topics."""

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
