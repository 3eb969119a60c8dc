"""Forms of those who organise: how people register, what they are asked, somebody added by hand, a yes or a no."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.registration.models import MOST_PLACES, Coming, Mode, Terms
from seminars.sessions.registration.questions import LONGEST_WORDS, MOST, Kind, Question, questions_of
from seminars.sessions.registration.terms import COLUMNS
from seminars.web.forms.inputs import Short
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import ZoneChoice
from seminars.web.numbers import row_numbers

MORE = 2  # empty questions that are offered
OWN, SERIES = "own", "series"


class TermsForm(forms.Form):
    """How people register."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Registration"), choices=Mode.choices, widget=forms.RadioSelect
    )
    capacity_online = number_field(
        0,
        MOST_PLACES,
        label=gettext_lazy("Places online"),
        help_text=gettext_lazy("Empty: as many as come."),
    )
    capacity_room = number_field(
        0,
        MOST_PLACES,
        label=gettext_lazy("Places in the room"),
        help_text=gettext_lazy("Empty: as many as come."),
    )
    approval = forms.BooleanField(
        label=gettext_lazy("We decide who comes: each registration waits for our yes"), required=False
    )
    waiting_list = forms.BooleanField(
        label=gettext_lazy("Keep a waiting list when all places are taken"),
        required=False,
        help_text=gettext_lazy("A place that falls free goes to the first in line by itself."),
    )
    confirm_hours = number_field(
        0,
        14 * 24,
        label=gettext_lazy("Hours to confirm a place that came free"),
        help_text=gettext_lazy("Then it goes to the next. Shorter near the start. 0: it is theirs at once."),
    )
    whole = forms.BooleanField(
        label=gettext_lazy("People can register for all sessions of the series at once"), required=False
    )

    def __init__(self, *args: Any, of_series: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not of_series:
            del self.fields["whole"]

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        """Return what the form shows of `terms`."""
        return {name: getattr(terms, name) for name in COLUMNS}

    def columns(self) -> dict[str, Any]:
        """Return what `terms.set_terms` takes."""
        found = {name: self.cleaned_data[name] for name in COLUMNS if name in self.fields}
        if found["confirm_hours"] is None:
            found["confirm_hours"] = 0
        return found


class QuestionForm(forms.Form):
    """One extra question; without words there is none."""

    name = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    words = Short(label=gettext_lazy("Question"), longest=LONGEST_WORDS, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Answered by"), choices=Kind.choices, initial=Kind.TEXT, required=False
    )
    options = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line; only where one chooses."),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)

    def question(self) -> Question | None:
        """Return the question; None for an empty one."""
        data = self.cleaned_data
        if not data.get("words"):
            return None
        lines = tuple(each.strip() for each in data["options"].splitlines() if each.strip())
        kind = data["kind"] or Kind.TEXT
        options = tuple(dict.fromkeys(lines)) if kind in {Kind.ONE, Kind.SEVERAL} else ()
        return Question(data["name"], kind, data["words"], options, data["required"])


QuestionForms = forms.formset_factory(QuestionForm, extra=MORE, max_num=MOST, absolute_max=MOST)


def question_forms(terms: Terms) -> Any:
    """Return the formset with the questions of `terms`, and a few empty ones."""
    return QuestionForms(
        initial=[
            {
                "name": each.name,
                "words": each.words,
                "kind": each.kind,
                "options": "\n".join(each.options),
                "required": each.required,
            }
            for each in questions_of(terms.questions)
        ]
    )


class AddForm(forms.Form):
    """Somebody whom the organisers add."""

    name = Short(
        label=gettext_lazy("Name"), longest=200, error_messages={"required": gettext_lazy("Give a name.")}
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        error_messages={"required": gettext_lazy("Give an e-mail address.")},
    )
    zone = ZoneChoice(label=gettext_lazy("City"))
    coming = forms.ChoiceField(
        label=gettext_lazy("Comes"),
        choices=[(Coming.ONLINE, gettext_lazy("Online")), (Coming.ROOM, gettext_lazy("In the room"))],
    )

    over = forms.BooleanField(
        label=gettext_lazy("Also where no place is free"),
        required=False,
        help_text=gettext_lazy("They pass those who wait, and count as over."),
    )

    def __init__(self, *args: Any, ways: Iterable[str], counted: bool, **options: Any) -> None:
        """Ways: of coming, asked where there are two. counted: whether places are."""
        super().__init__(*args, **options)
        if len(list(ways)) < 2:
            del self.fields["coming"]
        if not counted:
            del self.fields["over"]


class WordsForm(forms.Form):
    """A word with a yes or a no."""

    words = Short(
        label=gettext_lazy("A word to them"),
        longest=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stands in the mail, and on their page."),
    )


def chosen_of(values: Iterable[str]) -> list[int]:
    """Return the numbers among what was ticked."""
    return row_numbers(values)


def nobody_chosen() -> str:
    """Say that nobody was ticked."""
    return _("Tick at least one person.")
