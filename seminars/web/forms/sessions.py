"""Forms about one session. Each carries `seen`, the revision that the person looked at when it was opened."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.membership.models import Cohort
from seminars.people.models import Person
from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Precision, Session, SpeakerRole
from seminars.web.forms.inputs import (
    LONGEST_TITLE,
    Length,
    Several,
    Short,
    WebAddress,
    tongues,
    words_fields,
    words_of,
)
from seminars.web.forms.rhythm import day_field, hour_field, number_field
from seminars.web.forms.ways import PlaceForm, own_place

PLACES = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "language", "audience")


class SeenForm(forms.Form):
    """A form that knows which version of the session it was opened on."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(SeenForm):
    """Why a session is cancelled, postponed or withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Give a reason. Everybody will see it.")},
        help_text=gettext_lazy("Everybody sees it: on the page, in calendars and in mails."),
    )


class StopForm(ReasonForm):
    """Why a session is cancelled or postponed, and whether its twins and relays are, too."""

    echoes = forms.BooleanField(
        label=gettext_lazy("Its twins and relays too"),
        required=False,
        help_text=gettext_lazy("Without this they take place at their own hours, on the same page."),
    )


class ConfirmForm(SeenForm):
    """Nothing to fill in: the button is the confirmation."""


class WhenForm(SeenForm):
    """A date and an hour in the session's own zone."""

    date = day_field(
        label=gettext_lazy("Date"), error_messages={"required": gettext_lazy("Choose the date.")}
    )
    time = hour_field(label=gettext_lazy("Start"), required=False)
    minutes = Length(label=gettext_lazy("Length"), required=False, help_text=gettext_lazy("1:30 or 90."))
    days = number_field(1, 60, label=gettext_lazy("Days that it lasts"))
    whole = forms.BooleanField(label=gettext_lazy("Whole days, without an hour"), required=False)
    fold = forms.TypedChoiceField(
        label=gettext_lazy("Which of the two"),
        choices=[(0, gettext_lazy("the first")), (1, gettext_lazy("the second, after clocks went back"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Clocks go back that night, so this hour comes twice."),
    )

    def __init__(self, *args: Any, all_day: bool = False, either: bool = False, **options: Any) -> None:
        """Ask for whole days or for an hour; either: what had no day yet may become the one or the other."""
        super().__init__(*args, **options)
        self.all_day, self.either = all_day, either
        gone = () if either else ("time", "minutes", "fold", "whole") if all_day else ("days", "whole")
        for name in gone:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """An hour is needed unless it is whole days."""
        data = super().clean() or {}
        if self.either:
            self.all_day = bool(data.get("whole"))
            if self.all_day:
                data["time"] = data["minutes"] = None
                self.errors.pop("time", None)
                self.errors.pop("minutes", None)
        if not self.all_day and data.get("time") is None and "time" not in self.errors:
            self.add_error("time", _("Give the hour at which it starts."))
        return data

    def arguments(self) -> dict[str, Any]:
        """Return wall time and length as the verbs of `sessions.moving` take them."""
        data = self.cleaned_data
        wall = datetime.combine(data["date"], data.get("time") or time())
        found = {"wall": wall, "minutes": data.get("minutes"), "days": data.get("days")}
        if self.either:
            found |= {"all_day": self.all_day, "days": data.get("days") or 1}
        return found | {"fold": data.get("fold")}


class MoveForm(WhenForm):
    """Another time for a session."""

    reason = Short(
        label=gettext_lazy("Reason"),
        longest=500,
        required=False,
        help_text=gettext_lazy("Shown with the new time."),
    )
    echoes = forms.BooleanField(
        label=gettext_lazy("Move its twins and relays by the same days"), required=False
    )

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        """Return what the form shows of `session`; of one without a day yet, what its series usually has."""
        if session.precision != Precision.DAY:
            usual = session.series
            return {
                "seen": session.revision,
                "date": session.local_date,
                "time": usual.local_time,
                "minutes": usual.minutes,
                "days": 1 if usual.precision != Precision.DAY else usual.days,
                "whole": usual.all_day,
            }
        return {
            "seen": session.revision,
            "date": session.local_date,
            "time": session.local_time,
            "minutes": session.minutes,
            "days": session.days,
        }


class AddForm(WhenForm):
    """One more session beside the rhythm."""

    title = Short(
        label=gettext_lazy("Title"),
        longest=LONGEST_TITLE,
        required=False,
        help_text=gettext_lazy("Empty: to be announced, under the title of the series."),
    )
    precision = forms.ChoiceField(
        label=gettext_lazy("How much of the date is known"),
        choices=[
            (Precision.DAY, gettext_lazy("The day")),
            (Precision.WEEK, gettext_lazy("Only the week")),
            (Precision.NONE, gettext_lazy("No date yet")),
        ],
        initial=Precision.DAY,
        widget=forms.RadioSelect,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A week has no hour, and what has no date has neither."""
        data = super().clean()
        if data.get("precision") in (Precision.WEEK, Precision.NONE):
            for name in ("time", "minutes", "days"):
                self.errors.pop(name, None)
                data[name] = None
        if data.get("precision") == Precision.NONE:
            self.errors.pop("date", None)
            data["date"] = None
        return data

    def arguments(self) -> dict[str, Any]:
        """Return wall time and length as `moving.add_session` takes them."""
        if self.cleaned_data.get("date") is None:
            return {"wall": None}
        return super().arguments()


class WordedForm(PlaceForm, SeenForm):
    """Words, links, room and audience of a series or session; title and abstract in each language."""

    columns: ClassVar[tuple[str, ...]] = PLACES
    chooses_cohort: ClassVar[bool] = False

    def __init__(
        self,
        *args: Any,
        languages: Iterable[str] = (),
        rooms: Iterable[Room] = (),
        cohorts: Iterable[Cohort] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.offer_rooms(rooms)
        self.offer_cohorts(cohorts, choose=self.chooses_cohort)
        self.tongues = tongues(languages)
        words_fields(self, "title", _("Title"), self.tongues)
        words_fields(self, "abstract", _("What it is about"), self.tongues, rows=6)

    @staticmethod
    def languages_of(thing: Series | Session) -> list[str]:
        """Return the languages in which `thing` has or needs words."""
        return [thing.language, *thing.title, *thing.abstract]

    @classmethod
    def initial_of(cls, thing: Series | Session) -> dict[str, Any]:
        """Return what the form shows of `thing`."""
        found: dict[str, Any] = {name: getattr(thing, name) for name in cls.columns}
        for name in ("title", "abstract"):
            found |= {f"{name}_{tag}": text for tag, text in getattr(thing, name).items()}
        return found | {"room": own_place(thing), "seen": thing.revision}

    def words(self) -> list[forms.BoundField]:
        """The fields of title and abstract, language by language."""
        return [self[f"{name}_{tag}"] for tag, _name in self.tongues for name in ("title", "abstract")]

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of the verb that edits."""
        data = self.cleaned_data
        found = {name: data[name] for name in self.columns}
        return found | {name: words_of(data, name) for name in ("title", "abstract")}


class EditForm(WordedForm):
    """What `moving.edit` takes."""

    columns = (*PLACES, "source_url", "report_only")
    source_url = WebAddress(
        label=gettext_lazy("Announced elsewhere at"),
        required=False,
        help_text=gettext_lazy("For an event that others run."),
    )
    report_only = forms.BooleanField(
        label=gettext_lazy("Not recorded, by choice"),
        required=False,
        help_text=gettext_lazy("A report is promised instead of a recording and captions."),
    )


class PersonChoice(Several):
    """Members of the community, by name."""

    def label_from_instance(self, obj: models.Model) -> str:
        """Name a person, with where they work."""
        assert isinstance(obj, Person)
        return f"{obj.name}, {obj.affiliation}" if obj.affiliation else obj.name


class NamedForm(SeenForm):
    """Who is invited to a session that only invited people see: a peer assist."""

    persons = PersonChoice(
        label=gettext_lazy("Invited"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, members: "models.QuerySet[Person]", **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer(members)

    def offer(self, members: "models.QuerySet[Person]") -> None:
        """Show these, of all who may be chosen: a community can have thousands."""
        field = self.fields["persons"]
        assert isinstance(field, PersonChoice)
        field.queryset = members


class SpeakerForm(forms.Form):
    """One more person who appears at the session."""

    name = Short(
        label=gettext_lazy("Name"),
        longest=200,
        error_messages={"required": gettext_lazy("Give the name.")},
        widget=forms.TextInput(attrs={"list": "known-people", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=SpeakerRole.choices)
    affiliation = Short(label=gettext_lazy("Where they work"), longest=200, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("Never shown. It finds the same person next time."),
    )


class PromiseForm(forms.Form):
    """When an item will be there."""

    day = day_field(
        label=gettext_lazy("New promise"), error_messages={"required": gettext_lazy("Choose a day.")}
    )


class HoldForm(forms.Form):
    """Why an item waits for somebody else."""

    reason = Short(
        label=gettext_lazy("What it waits for, shown to everybody"),
        longest=500,
        error_messages={"required": gettext_lazy("Give a reason. Everybody will see it.")},
    )


class WaiveForm(forms.Form):
    """Why an item will never come."""

    reason = Short(
        label=gettext_lazy("Reason, shown to everybody"),
        longest=500,
        error_messages={"required": gettext_lazy("Give a reason. Everybody will see it.")},
    )
