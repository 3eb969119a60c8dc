"""Forms about one series: what it says, and what it owes after each session."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.web.forms.readers import LeadsField
from seminars.web.forms.sessions import SeenForm, WordedForm


class SeriesMailsForm(SeenForm):
    """What registered people get by mail before each session: `rewording.edit_series` takes it."""

    reminders = LeadsField(
        label=gettext_lazy("Remind registered people by mail"),
        help_text=gettext_lazy("None ticked: no reminders. Each person can choose other times."),
    )
    invites = forms.BooleanField(
        label=gettext_lazy("Mail registered people an invitation for their calendar"),
        required=False,
        help_text=gettext_lazy(
            "Without this they follow the feed. Who was invited before still hears of changes."
        ),
    )

    @staticmethod
    def initial_of(series: Series) -> dict[str, Any]:
        """Return what the form shows of a series."""
        return {"reminders": series.reminders, "invites": series.invites, "seen": series.revision}


class EditSeriesForm(WordedForm):
    """What `rewording.edit_series` takes."""

    chooses_cohort = True

    @classmethod
    def initial_of(cls, thing: Series | Session) -> dict[str, Any]:
        """Return what the form shows of a series."""
        found = super().initial_of(thing)
        return found | ({"cohort_id": thing.cohort_id} if isinstance(thing, Series) else {})

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of the verb that edits."""
        data = self.cleaned_data
        return super().arguments() | ({"cohort_id": data["cohort_id"]} if "cohort_id" in data else {})

    def clean(self) -> dict[str, Any]:
        """A series has a title in one language at least."""
        data = super().clean() or {}
        names = [f"title_{tag}" for tag, _name in self.tongues]
        if not any(data.get(name) or name in self.errors for name in names):
            self.add_error(names[0], _("Give a title."))
        return data
