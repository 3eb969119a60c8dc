"""Forms of questions: to ask one, an address to vote with, an answer in writing, and what moderators decide."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.questions.models import LONGEST, LONGEST_ANSWER
from seminars.web.forms.inputs import LanguageChoice, Short
from seminars.web.forms.suggestions import AddressForm

_SECOND = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)")


class AskForm(AddressForm):
    """A question, and whose name stands with it."""

    text = Short(
        label=gettext_lazy("Question"),
        longest=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write down the question.")},
    )
    name = Short(
        label=gettext_lazy("Your name"),
        longest=200,
        required=False,
        help_text=gettext_lazy("Shown with the question. Empty: “a participant”."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    language = LanguageChoice(label=gettext_lazy("Language of the question"))
    field_order = ["text", "name", "language", "email"]

    def given(self) -> dict[str, Any]:
        """Return what `asking.ask` takes of it."""
        return {name: self.cleaned_data[name] for name in ("text", "name", "language")}


class AnswerForm(forms.Form):
    """An answer in writing; taken back by empty words."""

    text = Short(
        label=gettext_lazy("Answer"),
        longest=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class Second(forms.CharField):
    """A place in a recording as players show it, `41:20` or `1:02:30`. Gives whole seconds, None for nothing."""

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]  # a number, not text
        """Return the seconds, or None for nothing."""
        text = str(super().to_python(value) or "").strip()
        if not text:
            return None
        found = _SECOND.fullmatch(text)
        if not found:
            raise ValidationError(_("Give hours, minutes and seconds, such as 1:02:30."), "invalid")
        hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
        return (hours * 60 + minutes) * 60 + seconds

    def run_validators(self, value: Any) -> None:
        """What it may be is known once it is a number."""


class LiveForm(forms.Form):
    """That a question was answered in the session, and where in the recording."""

    second = Second(
        label=gettext_lazy("Where in the recording"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "41:20", "autocomplete": "off", "size": 8}),
    )


class RuleForm(forms.Form):
    """How a series takes questions."""

    approval = forms.BooleanField(
        label=gettext_lazy("Show questions only once a moderator has approved them"), required=False
    )
