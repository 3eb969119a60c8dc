"""Forms of who came: a list of a meeting program, what is in doubt of it, numbers, one more name."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.attendance.importing import IGNORE, NEW, NOBODY, Line
from seminars.sessions.attendance.models import Way
from seminars.sessions.attendance.noting import MOST_HEADS
from seminars.sessions.attendance.reading.sheets import MOST_BYTES
from seminars.web.forms.inputs import Short
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import ZoneChoice

PREFIX = "line-"
WAYS = [
    (Way.ROOM, gettext_lazy("in the room")),
    (Way.HAND, gettext_lazy("online, or not known how")),
    (Way.SITE, gettext_lazy("with a group")),
    (Way.PHONE, gettext_lazy("by phone")),
]


class ListForm(forms.Form):
    """A list, and whose clock its hours are of."""

    file = forms.FileField(
        label=gettext_lazy("The list of participants"),
        help_text=gettext_lazy(
            "From Zoom, Microsoft Teams or BigBlueButton, as it comes; or a table with a heading “Name”. At most 5 MB."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    zone = ZoneChoice(
        label=gettext_lazy("Hours in the file are those of"),
        help_text=gettext_lazy("Meeting programs write the hour of whoever took the list."),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
        return file


class HeadsForm(forms.Form):
    """Numbers without names."""

    room = number_field(0, MOST_HEADS, label=gettext_lazy("In the room, in all"))
    phone = number_field(0, MOST_HEADS, label=gettext_lazy("By phone, in all"))


class NameForm(forms.Form):
    """Somebody who came, and is on no list."""

    name = Short(
        label=gettext_lazy("Name"),
        longest=200,
        error_messages={"required": gettext_lazy("Give the name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For a certificate; else leave it empty."),
    )
    way = forms.ChoiceField(label=gettext_lazy("How they came"), choices=WAYS)


def choices_of(line: Line) -> list[tuple[str, str]]:
    """Return what can become of a line of a list."""
    known = [(each.key, each.name or ", ".join(sorted(each.emails))) for each in line.proposals]
    return [
        *known,
        (NEW, _("Somebody new")),
        (NOBODY, _("Not a person")),
        (IGNORE, _("Leave out")),
    ]


def decisions_in(data: Mapping[str, Any]) -> dict[int, str]:
    """Return what was chosen, by the number of the line."""
    found = {}
    for name, value in data.items():
        number = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 7:
            found[int(number)] = str(value)[:40]
    return found
