"""What somebody wants to follow, and how: a plain GET form whose answer is an address."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.calendars.subjects import choices, said_of

ALARMS = [
    ("", gettext_lazy("No reminder")),
    ("10", gettext_lazy("10 minutes before")),
    ("60", gettext_lazy("1 hour before")),
    ("10,60", gettext_lazy("1 hour and 10 minutes before")),
    ("1440", gettext_lazy("1 day before")),
]
FIELDS = {
    "topic": gettext_lazy("Topic"),
    "community": gettext_lazy("Community"),
    "language": gettext_lazy("Language spoken"),
}
ONLY = [
    ("", gettext_lazy("All sessions")),
    ("archive", gettext_lazy("Past ones with a recording")),
    ("external", gettext_lazy("Other people's events")),
]


class OptionsForm(forms.Form):
    """How the calendar comes: reminders, language, the past, times in UTC."""

    alarm = forms.CharField(label=gettext_lazy("Remind me"), required=False)
    lang = forms.ChoiceField(
        label=gettext_lazy("Language of the entries"),
        choices=[("", gettext_lazy("As it comes")), *settings.LANGUAGES],
        required=False,
    )
    past = forms.BooleanField(
        label=gettext_lazy("All past sessions too, however old"),
        required=False,
        widget=forms.CheckboxInput(attrs={"value": "all"}),
    )
    tz = forms.BooleanField(
        label=gettext_lazy("Times in UTC, for programs that show a wrong hour"),
        required=False,
        widget=forms.CheckboxInput(attrs={"value": "utc"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        given = self.data.get("alarm", "")
        known = dict(ALARMS)
        own = [] if given in known else [(given, _("%(minutes)s minutes before") % {"minutes": given})]
        self.fields["alarm"].widget = forms.Select(choices=[*ALARMS, *own])

    def shown(self) -> list[forms.BoundField]:
        """The fields with a list, then the boxes to tick."""
        return [self["alarm"], self["lang"], self["past"], self["tz"]]


class WhatForm(OptionsForm):
    """Also what to follow, of all that is public."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        language = get_language() or "en"
        for name, label in FIELDS.items():
            there = choices(name, language)
            given = self.data.get(name, "")
            # Of several values, and of one that nothing has any more, the form keeps what the address asks for.
            own = [] if not given or given in dict(there) else [(given, _said(name, given, language))]
            self.fields[name] = forms.CharField(label=label, required=False)
            self.fields[name].widget = forms.Select(choices=[("", _("All")), *there, *own])
        self.fields["q"] = forms.CharField(
            label=_("Words"),
            required=False,
            widget=forms.TextInput(attrs={"type": "search", "maxlength": 60}),
        )
        self.fields["only"] = forms.CharField(label=_("Which"), required=False)
        self.fields["only"].widget = forms.Select(choices=ONLY)

    def what(self) -> list[forms.BoundField]:
        """The fields that choose sessions."""
        return [self[name] for name in (*FIELDS, "q", "only")]


def _said(field: str, values: str, language: str) -> str:
    return ", ".join(said_of(field, value, language) for value in values.split(",")[:5])
