"""The form after a session, made from its questions; and the one in which organisers write them."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.feedback.asking import (
    CHOICE,
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    MOST_QUESTIONS,
    SCALE,
    STEPS,
    WORDS,
    Question,
)
from seminars.web.forms.inputs import Short, Trapped

ASKED = "q-"
KINDS = [
    (SCALE, gettext_lazy("a number from 1 to 5")),
    (CHOICE, gettext_lazy("one of these answers")),
    (WORDS, gettext_lazy("free words")),
]


class FeedbackForm(Trapped):
    """What somebody says. `website` is a trap for scripts; `form_key` makes a second click no second answer."""

    form_key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        """Questions: as they are asked."""
        super().__init__(*args, **options)
        for each in questions:
            self.fields[ASKED + each.key] = _field(each)

    @staticmethod
    def fresh() -> dict[str, Any]:
        """Return what an empty form starts with."""
        return {"form_key": uuid4().hex}

    def asked(self) -> list[forms.BoundField]:
        """Return the questions as fields."""
        return [self[name] for name in self.fields if name.startswith(ASKED)]

    def answers(self) -> dict[str, Any]:
        """Return what `asking.answer` takes."""
        found = {}
        for name, value in self.cleaned_data.items():
            if name.startswith(ASKED) and value != "":
                found[name.removeprefix(ASKED)] = value
        return found


def _field(question: Question) -> forms.Field:
    if question.kind == WORDS:
        area = forms.Textarea(attrs={"rows": 3})
        return Short(label=question.words, longest=LONGEST_ANSWER, required=False, widget=area)
    if question.kind == SCALE:
        choices = [(n, str(n)) for n in range(1, STEPS + 1)]
        choices[0] = (1, _("1, not at all"))
        choices[-1] = (STEPS, _("%(n)d, very") % {"n": STEPS})
    else:
        choices = [(place, words) for place, words in enumerate(question.choices)]
    return forms.TypedChoiceField(
        label=question.words,
        choices=choices,
        coerce=int,
        empty_value="",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the answers.")},
    )


class QuestionForm(forms.Form):
    """One question of an organiser's; empty words are none."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    words = Short(label=gettext_lazy("Question"), longest=LONGEST_QUESTION, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Answered by"), choices=KINDS, required=False, initial=WORDS)
    choices = forms.CharField(
        label=gettext_lazy("Answers, one a line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def question(self) -> Question | None:
        """Return it; None where nothing is asked."""
        data = self.cleaned_data
        if not data["words"].strip():
            return None
        kind = data["kind"] or WORDS
        lines = (
            [line.strip() for line in data["choices"].splitlines() if line.strip()] if kind == CHOICE else []
        )
        return Question(data["key"] or uuid4().hex[:12], kind, data["words"].strip(), tuple(lines))


class OnForm(forms.Form):
    """Whether a series asks at all, and whether it asks the usual questions."""

    on = forms.BooleanField(
        label=gettext_lazy("Ask people after each session"),
        required=False,
        help_text=gettext_lazy(
            "An hour after the end one mail goes to who came; where nobody knows, to all who were registered."
        ),
    )
    usual = forms.BooleanField(
        label=gettext_lazy("Ask the usual questions"),
        required=False,
        help_text=gettext_lazy(
            "They are shown in each reader's language. Yours are asked as you write them."
        ),
    )


QuestionForms = forms.formset_factory(
    QuestionForm, extra=2, max_num=MOST_QUESTIONS, absolute_max=MOST_QUESTIONS
)
