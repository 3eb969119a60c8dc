"""Forms of date polls: what organisers propose, and what people answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.polls.models import Suits
from seminars.sessions.polls.polling import LONGEST_NOTE
from seminars.web.forms.inputs import LONGEST_TITLE, Length, Short, Trapped
from seminars.web.forms.rhythm import day_field, hour_field
from seminars.web.forms.zones import ZoneChoice
from seminars.words import say

HOURS = 8


class SeriesChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """A series, by its title."""

    def label_from_instance(self, obj: models.Model) -> str:
        """Name the series."""
        assert isinstance(obj, Series)
        return say(obj.title, obj.language)


class PollForm(forms.Form):
    """What is asked."""

    title = Short(
        label=gettext_lazy("What it is for"),
        longest=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Give a title.")},
        help_text=gettext_lazy("It becomes the title of the session."),
    )
    note = Short(
        label=gettext_lazy("What it is about"),
        longest=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    series = SeriesChoice(
        label=gettext_lazy("Series"),
        queryset=Series.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: a draft of its own"),
        help_text=gettext_lazy(
            "Of a series that is out, the session is out at once when you choose its hour."
        ),
    )
    zone = ZoneChoice(label=gettext_lazy("Whose clock the hours below are by"))
    minutes = Length(
        label=gettext_lazy("Length"),
        help_text=gettext_lazy("1:30 or 90."),
        error_messages={"required": gettext_lazy("Give the length.")},
    )
    closes = day_field(
        label=gettext_lazy("Answers until the end of"),
        required=False,
        help_text=gettext_lazy("Empty: until you close it."),
    )

    def __init__(self, *args: Any, community: Community, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["series"]
        assert isinstance(field, SeriesChoice)
        field.queryset = Series.objects.filter(community=community).order_by("slug")


class HourForm(forms.Form):
    """One proposed hour."""

    date = day_field(label=gettext_lazy("Date"), required=False)
    time = hour_field(label=gettext_lazy("Start"), required=False)

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        data = super().clean() or {}
        if not self.errors and bool(data.get("date")) != (data.get("time") is not None):
            name = "time" if data.get("date") else "date"
            self.add_error(name, _("Give both the date and the hour."))
        return data

    def wall(self) -> datetime | None:
        """Return the naive wall time; None for an empty line."""
        data = self.cleaned_data
        if not data.get("date") or data.get("time") is None:
            return None
        return datetime.combine(data["date"], data["time"].replace(second=0))


HourForms = forms.formset_factory(HourForm, extra=HOURS, max_num=30, absolute_max=30)


class VoiceForm(Trapped):
    """What somebody answers: their name, and a word to each hour. `website` is a trap for scripts."""

    name = Short(
        label=gettext_lazy("Your name"),
        longest=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("Only the organisers see it."),
        error_messages={"required": gettext_lazy("Give your name.")},
    )

    def __init__(self, *args: Any, slots: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.slots = dict(slots)
        for pk, words in self.slots.items():
            self.fields[f"slot{pk}"] = forms.ChoiceField(
                label=words, choices=Suits.choices, widget=forms.RadioSelect, required=False
            )

    def said(self) -> dict[int, str]:
        """Return what was chosen, by slot."""
        found = {pk: self.cleaned_data.get(f"slot{pk}") for pk in self.slots}
        return {pk: suits for pk, suits in found.items() if suits}

    def typed(self) -> list[tuple[str, str]]:
        """Return (hour, answer) as it was sent, to show or to mail it."""
        labels = dict(Suits.choices)
        chosen = [(words, self.data.get(f"slot{pk}", "")) for pk, words in self.slots.items()]
        return [(words, str(labels[suits])) for words, suits in chosen if suits in labels]
