"""Forms about a recording's place in the archive: its address, withdrawing it, its own words, its session."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordings.catalogue.models import Recording
from recordings.publishing.placing import times_reworded
from recordings.web.doubtful import SessionForm
from seminars.sessions.speaking.models import Licence
from seminars.web.forms.inputs import LanguageChoice, tongues, words_fields, words_of

PLAIN, SPOKEN = ("recorded_on", "language", "licence"), ("title", "abstract")


class AddressForm(forms.Form):
    """The last part of a recording's address."""

    slug = forms.CharField(
        label=gettext_lazy("Address in the archive"),
        max_length=60,
        error_messages={"required": gettext_lazy("Write the last part of the address.")},
        help_text=gettext_lazy(
            "The earlier address goes on leading here, for ever. No other recording gets it."
        ),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )


class WithdrawForm(forms.Form):
    """Why a recording goes."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: it is read at every address of the recording.")},
        help_text=gettext_lazy("Everybody reads this where the recording was."),
    )


class OwnWordsForm(forms.Form):
    """What is said of a recording that never was a session: title and abstract in each language, day, terms."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    recorded_on = forms.DateField(
        label=gettext_lazy("Recorded on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    language = LanguageChoice(label=gettext_lazy("Language"))
    licence = forms.ChoiceField(
        label=gettext_lazy("On which terms others may use it"),
        choices=[
            ("", gettext_lazy("No licence was given: ask before you use it elsewhere.")),
            *Licence.choices,
        ],
        required=False,
    )

    def __init__(self, recording: Recording, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.tongues = tongues(recording.title, recording.abstract)
        words_fields(self, "title", _("Title"), self.tongues)
        words_fields(self, "abstract", _("Abstract"), self.tongues, rows=4)

    @classmethod
    def of(cls, recording: Recording) -> Self:
        """Return the form with what the recording says now."""
        return cls(recording, initial=cls.initial_of(recording))

    @staticmethod
    def initial_of(recording: Recording) -> dict[str, Any]:
        """Return what the form shows of the recording."""
        found: dict[str, Any] = {name: getattr(recording, name) for name in PLAIN}
        for name in SPOKEN:
            found |= {f"{name}_{tag}": text for tag, text in getattr(recording, name).items()}
        return found | {"seen": times_reworded(recording)}

    def words(self) -> list[forms.BoundField]:
        """Title and abstract, language by language."""
        return [self[f"{name}_{tag}"] for tag, _spoken in self.tongues for name in SPOKEN]

    def said(self) -> dict[str, Any]:
        """Return what `placing.reword` takes."""
        plain = {name: self.cleaned_data[name] for name in PLAIN}
        return plain | {name: words_of(self.cleaned_data, name) for name in SPOKEN}


class PlaceForm(SessionForm):
    """Of which session a recording is."""
