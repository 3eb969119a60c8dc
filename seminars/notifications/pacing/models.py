"""What left this minute, and since when the mail server does not answer."""

from django.db import models


class Pace(models.Model):
    """How many mails were taken to be sent to a domain in one minute; the row named "" counts all of them."""

    domain = models.CharField(max_length=254, unique=True)
    minute = models.DateTimeField()
    taken = models.PositiveIntegerField()


class Outage(models.Model):
    """The mail server does not answer: nobody tries before `until`. There is one row at most, its key 1."""

    since = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveIntegerField()
    said = models.CharField(max_length=300, blank=True)
