"""Forms of topic suggestions: a suggestion, a vote by address, and what organisers decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from seminars.series.models import Series
from seminars.sessions.suggesting.models import LONGEST, Suggestion
from seminars.web.forms.inputs import Short, Trapped
from seminars.web.forms.sessions import AddForm


class AddressForm(Trapped):
    """The address of who has no account; and a field that only programs fill."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Nobody sees it. A mail asks you to confirm."),
        error_messages={
            "required": gettext_lazy("Give one e-mail address, such as name@example.org."),
            "invalid": gettext_lazy("Give one e-mail address, such as name@example.org."),
        },
    )

    def __init__(self, *args: Any, signed_in: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if signed_in:
            del self.fields["email"]


class SuggestForm(AddressForm):
    """A topic, and why."""

    title = Short(
        label=gettext_lazy("Topic"), longest=200, error_messages={"required": gettext_lazy("Give a title.")}
    )
    why = forms.CharField(
        label=gettext_lazy("What you want to learn or discuss"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = Short(
        label=gettext_lazy("Your name"),
        longest=200,
        required=False,
        help_text=gettext_lazy("Shown with the topic. Empty: nobody is named."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["title", "why", "name", "email"]


class DeclineForm(forms.Form):
    """Why not."""

    answer = Short(label=gettext_lazy("Why not, in a few words"), longest=500, required=False)


class MakeSessionForm(AddForm):
    """The session that a suggestion becomes."""

    abstract = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    credit = forms.BooleanField(
        label=gettext_lazy("Name the proposer on its page"), required=False, initial=False
    )

    @staticmethod
    def initial_of(suggestion: Suggestion, series: Series) -> dict[str, Any]:
        """Return what the form begins with."""
        found = {"title": suggestion.title, "abstract": suggestion.why, "credit": bool(suggestion.name)}
        return found | {"time": series.local_time, "minutes": series.minutes, "days": series.days}
