"""Forms about one series: what it says, and what it owes after each session."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.series.models import Series
from seminars.sessions.models import MaterialKind
from seminars.web.forms.inputs import tongues, words_fields, words_of
from seminars.web.forms.planning import PlaceForm
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.sessions import PLACES, SeenForm

OWED = [
    MaterialKind.SLIDES,
    MaterialKind.RECORDING,
    MaterialKind.CAPTIONS,
    MaterialKind.TRANSCRIPT,
    MaterialKind.REPORT,
    MaterialKind.PAPER,
]


class EditSeriesForm(PlaceForm, SeenForm):
    """Words, links, room and audience of a series; title and abstract in each language."""

    def __init__(self, *args: Any, languages: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.tongues = tongues(languages)
        words_fields(self, "title", _("Title"), self.tongues)
        words_fields(self, "abstract", _("What it is about"), self.tongues, rows=6)

    @staticmethod
    def languages_of(series: Series) -> list[str]:
        """Return the languages in which this series has or needs words."""
        return [series.language, *series.title, *series.abstract]

    @staticmethod
    def initial_of(series: Series) -> dict[str, Any]:
        """Return what the form shows of `series`."""
        found: dict[str, Any] = {name: getattr(series, name) for name in PLACES}
        for name in ("title", "abstract"):
            found |= {f"{name}_{tag}": text for tag, text in getattr(series, name).items()}
        return found | {"seen": series.revision}

    def words(self) -> list[forms.BoundField]:
        """The fields of title and abstract, language by language."""
        return [self[f"{name}_{tag}"] for tag, _name in self.tongues for name in ("title", "abstract")]

    def clean(self) -> dict[str, Any]:
        """A series has a title in one language at least."""
        data = super().clean() or {}
        names = [f"title_{tag}" for tag, _name in self.tongues]
        if not any(data.get(name) or name in self.errors for name in names):
            self.add_error(names[0], _("Give a title."))
        return data

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of `rewording.edit_series`."""
        data = self.cleaned_data
        return {name: data[name] for name in PLACES} | {
            name: words_of(data, name) for name in ("title", "abstract")
        }


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
