"""The session report: the form of a series in its versions, the report, and every text that was written into it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars.people.models import Person
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session


class ReportForm(models.Model):
    """The fields of a series' reports at one version. A changed form is a new row: old reports keep their labels.

    fields: a list of `{"name", "kind", "label": {language: text}, "hidden"}`; see `reports.fields`.
    A series without a row uses MeMoRe's form.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="report_forms")
    number = models.PositiveIntegerField()
    fields = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["series", "-number"]
        constraints = [models.UniqueConstraint("series", "number", name="report_form_once")]

    def __str__(self) -> str:
        return f"form {self.number} of {self.series_id}"


class ReportQuerySet(models.QuerySet["Report"]):
    """Questions about reports."""

    def out(self) -> Self:
        """Reports that everybody who may see their session can read."""
        return self.filter(
            published_at__isnull=False,
            withdrawn_at=None,
            session__published_at__isnull=False,
            session__withdrawn_at=None,
        )

    def visible_to(self, visitor: Visitor) -> Self:
        """Reports that are out, of sessions that the visitor may see."""
        return self.out().filter(session__in=Session.objects.visible_to(visitor))


class Report(models.Model):
    """A session's report. `answers` are what is out, by field name; read them with labels by `reading.parts_of`.

    `notes` are what is being written: by field name `[text, revision]`; the revision is the report's when that text
    was stored. A report of before there were notes has none: `writing.written_in` falls back to its answers.
    `labels` keeps the headings of fields that the form does not know, as a file brought them.
    """

    session = models.OneToOneField(Session, models.PROTECT, related_name="report")
    uuid = models.UUIDField(unique=True, editable=False)
    form = models.ForeignKey(
        ReportForm,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        help_text="None: MeMoRe's.",
    )
    language = models.CharField(max_length=10, default="en")
    answers = models.JSONField(default=dict)
    notes = models.JSONField(default=dict, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True, help_text="When it first came out.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was taken back; shown to everybody.")
    changed_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"report of {self.session_id}"

    @property
    def is_out(self) -> bool:
        """Whether it can be read, as far as it is for the report to say."""
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def fields_stored(self) -> list[dict[str, Any]] | None:
        """The fields of its form as they are stored; None for MeMoRe's. Load `form` with it."""
        return self.form.fields if self.form else None


class Standing(models.TextChoices):
    """What became of a text that somebody wrote into a field."""

    TAKEN = "taken", _("in the report")
    OPEN = "open", _("beside another text")
    SETTLED = "settled", _("decided")
    REPLACED = "replaced", _("written on")


class Signed(models.Model):
    """A text of one of several hands: who wrote it, by an account or a secret link, and when it was decided about."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        """Who wrote it, by name; "" where that is not known any more. Load `author__person` and `person` with it."""
        person = self.person or getattr(self.author, "person", None)
        return person.name if person else ""


class Writing(Signed):
    """A text that somebody wrote into a field. Never changed and never deleted: nothing that was written is lost.

    The last TAKEN text of a field is what the report says. An OPEN one was written over an older text than the one
    that was there: it stands beside it until somebody chooses.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="writings")
    field = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(help_text="Of the report with this text.")
    seen = models.PositiveIntegerField(default=0, help_text="Revision that its writer looked at.")
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.TAKEN)
    hand = models.CharField(max_length=40, blank=True, help_text="The opened form or file that it came from.")
    by_file = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("report", "field", "revision", name="writing_field")]

    def __str__(self) -> str:
        return f"{self.field} at {self.revision}"
