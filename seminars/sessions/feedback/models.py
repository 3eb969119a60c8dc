"""The questions of a series, and what people answered. No answer says whose it is."""

from django.db import models

from seminars.series.models import Series
from seminars.sessions.models import Session


class FeedbackForm(models.Model):
    """The questions that a series asks; a series without one asks the usual ones."""

    series = models.OneToOneField(Series, models.CASCADE, related_name="feedback_form")
    on = models.BooleanField(default=True)
    questions = models.JSONField(default=list, blank=True, help_text="As `asking.Question`; none: the usual.")

    def __str__(self) -> str:
        return f"questions of {self.series_id}"


class Feedback(models.Model):
    """What somebody answered. `voice` keeps it to one of each, and cannot be turned back into a person.

    There is no time: beside a list of who came it would tell who wrote.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="feedback")
    voice = models.CharField(max_length=64, help_text="A keyed digest: one for each registration or form.")
    answers = models.JSONField(default=dict, help_text="By the key of the question.")

    class Meta:
        ordering = ["voice"]
        constraints = [models.UniqueConstraint("session", "voice", name="feedback_once")]

    def __str__(self) -> str:
        return f"feedback on {self.session_id}"
