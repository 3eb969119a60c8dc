"""Forms about one series: what it says, and what it owes after each session."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.series.models import Series
from seminars.sessions.models import MaterialKind, Session
from seminars.web.forms.readers import LeadsField
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.sessions import PLACES, WordedForm

OWED = [
    MaterialKind.SLIDES,
    MaterialKind.RECORDING,
    MaterialKind.CAPTIONS,
    MaterialKind.TRANSCRIPT,
    MaterialKind.REPORT,
    MaterialKind.PAPER,
]


class EditSeriesForm(WordedForm):
    """What `rewording.edit_series` takes."""

    columns = (*PLACES, "invites", "reminders")
    chooses_cohort = True
    invites = forms.BooleanField(
        label=gettext_lazy("Mail registered people an invitation for their calendar"),
        required=False,
        help_text=gettext_lazy(
            "Without this they follow the feed. Who was invited before still hears of changes."
        ),
    )

    reminders = LeadsField(
        label=gettext_lazy("Remind registered people by mail"),
        help_text=gettext_lazy("None ticked: no reminders. Each person can choose other times."),
    )

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


class OwedForm(forms.Form):
    """What is owed after each session: a number of days for each kind, empty for what is not owed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in OWED:
            self.fields[kind.value] = number_field(0, 365, label=kind.label)

    help_words = gettext_lazy("Days after the end; 0 is before the start. Empty: not owed.")

    def arguments(self) -> dict[str, int]:
        """Return days by kind."""
        return {kind.value: days for kind in OWED if (days := self.cleaned_data[kind.value]) is not None}
