"""Forms of the run-sheet: the programme line by line, and a question by phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.day.models import CueKind
from seminars.sessions.day.running import EARLIEST, LATEST, LONGEST, Line
from seminars.web.forms.inputs import Short

SPARE = 4


class Minute(forms.IntegerField):
    """Whole minutes; a minus sign as it is printed is one too."""

    def to_python(self, value: Any) -> int | None:
        """Return the minutes, or None for nothing."""
        return super().to_python(value.replace("\N{MINUS SIGN}", "-") if isinstance(value, str) else value)


class LineForm(forms.Form):
    """One line; empty words leave it out."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    minute = Minute(
        label=gettext_lazy("Minute"),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
        required=False,
        min_value=EARLIEST,
        max_value=LATEST,
        error_messages={"invalid": gettext_lazy("Give whole minutes, such as -15 or 40.")},
    )
    what = Short(label=gettext_lazy("What happens"), longest=200, required=False)
    who = Short(label=gettext_lazy("Who"), longest=200, required=False)
    recording = forms.BooleanField(label=gettext_lazy("The recording starts"), required=False)

    def clean(self) -> dict[str, Any]:
        """A line with words needs its minute; a minute alone is a slip."""
        data = super().clean() or {}
        if self.errors:
            return data
        if data.get("what") and data.get("minute") is None:
            self.add_error("minute", _("Give the minute: 0 is the start, -15 a quarter of an hour before."))
        begun = data.get("who") or data.get("minute") is not None
        if not data.get("what") and begun and not data["pk"]:
            self.add_error("what", _("Say what happens."))
        return data

    def line(self) -> Line | None:
        """Return the line; None for one that is left out."""
        data = self.cleaned_data
        if not data.get("what"):
            return None
        kind = CueKind.RECORDING if data["recording"] else CueKind.PLAIN
        return Line(data["minute"], data["what"], data["who"], kind, data["pk"] or 0)


LineForms = forms.formset_factory(LineForm, extra=SPARE, max_num=104, absolute_max=120)


class QuestionForm(forms.Form):
    """A question from somebody who listens by phone."""

    text = Short(
        label=gettext_lazy("Question"),
        longest=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write down the question.")},
    )
    name = Short(label=gettext_lazy("Who asks"), longest=200, required=False)
