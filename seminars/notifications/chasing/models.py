"""Who wants no mails about what is owed."""

from django.db import models

from seminars.people.models import Person


class ChasingOff(models.Model):
    """A person who wants no daily mail about what they owe. Without a row it comes; who leads hears of it later."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="chasing_off")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id}"
