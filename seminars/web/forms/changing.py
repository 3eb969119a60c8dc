"""The form of *Change the series*: how far, which rhythm, whose clock, what hour, where. It opens as things stand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.series.cadence import Cadence, describe
from seminars.series.cadence import Rhythm as Kind
from seminars.series.continuing import continued
from seminars.series.models import Precision, Series
from seminars.series.rhythm import cadence_of
from seminars.sessions.edits import Ask, Scope
from seminars.sessions.models import Session
from seminars.web.forms.inputs import LONGEST_TITLE, Length, Short
from seminars.web.forms.rhythm import Ends, Rhythm, RhythmForm, hour_field, number_field
from seminars.web.forms.sessions import SeenForm
from seminars.web.forms.ways import PlaceForm, own_place, rooms_for
from seminars.web.forms.zones import ZoneChoice

KEEP = "keep"
PLACES = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "language")
HOURS = ("zone", "local_time", "minutes", "days")
HOURLY = {"all_day", "local_time", "minutes", "days"}
SCOPES = [
    (Scope.ONE.value, gettext_lazy("This one only")),
    (Scope.FOLLOWING.value, gettext_lazy("This one and all that follow")),
    (Scope.FUTURE.value, gettext_lazy("All that are still to come")),
]


@dataclass(frozen=True)
class Opened:
    """What the form is opened on: a series, perhaps one of its sessions, and where its coming dates begin."""

    series: Series
    session: Session | None
    begins: date

    @property
    def precision(self) -> str:
        """How much is known of the dates."""
        return (self.session or self.series).precision

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields now: a session's own where it was opened on one."""
        row = self.session or self.series
        return {name: getattr(row, name) for name in (*HOURS, *PLACES)}


class ChangeForm(RhythmForm, PlaceForm, SeenForm):
    """Changes a series, or its sessions from one on. Only what differs from what stands there is asked for."""

    scope = forms.ChoiceField(label=gettext_lazy("How far"), choices=SCOPES, widget=forms.RadioSelect)
    zone = ZoneChoice(label=gettext_lazy("Whose clock counts"))
    all_day = forms.BooleanField(label=gettext_lazy("Whole days, without an hour"), required=False)
    local_time = hour_field(label=gettext_lazy("Start"), required=False)
    minutes = Length(label=gettext_lazy("Length"), required=False, help_text=gettext_lazy("1:30 or 90."))
    days = number_field(1, 60, label=gettext_lazy("Days that each one lasts"))
    title = Short(
        label=gettext_lazy("Title for each of them"),
        longest=LONGEST_TITLE,
        required=False,
        help_text=gettext_lazy("Empty: every session keeps the title it has."),
    )
    abstract = forms.CharField(
        label=gettext_lazy("What each of them is about"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Empty: every session keeps its text."),
    )
    reason = Short(
        label=gettext_lazy("Reason"),
        longest=500,
        required=False,
        help_text=gettext_lazy("Shown where a session is cancelled, and in the history."),
    )

    def __init__(self, *args: Any, opened: Opened, words: str = "", **options: Any) -> None:
        self.opened = opened
        options.setdefault("initial", _initial(opened))
        super().__init__(*args, **options)
        del self.fields["audience"]
        self.offer_rooms(rooms_for(opened.session or opened.series, opened.series.community_id))
        if opened.precision not in (Precision.DAY, Precision.WEEK):
            for name in HOURLY:
                del self.fields[name]
        rhythm = self.fields["rhythm"]
        assert isinstance(rhythm, forms.ChoiceField)
        # Weeks and what has no date get their days one by one, by moving them.
        offered = [each for each in Rhythm.choices if each[0] not in (Rhythm.WEEKS, Rhythm.UNDATED)]
        rhythm.choices = [(KEEP, words or gettext_lazy("As it is")), *offered]
        if opened.session is None:
            scope = self.fields["scope"]
            assert isinstance(scope, forms.ChoiceField)
            scope.choices = SCOPES[2:]

    def clean(self) -> dict[str, Any]:
        """A rhythm that is kept asks for no dates."""
        if self.cleaned_data.get("rhythm") == KEEP:
            data = self.cleaned_data
            for name in set(RhythmForm.base_fields) - {"rhythm"}:
                self.errors.pop(name, None)
        else:
            data = super().clean()
        if self.by_weeks and data.get("rhythm") == KEEP:
            for name in HOURLY:
                self.errors.pop(name, None)
        elif "all_day" in self.fields:
            self._check_hours(data)
        return data

    @property
    def by_weeks(self) -> bool:
        """Whether only the weeks are known: hours come with a rhythm."""
        return self.opened.precision == Precision.WEEK

    def _check_hours(self, data: dict[str, Any]) -> None:
        """Whole days have no hour, and keep the length that stands there; hours need one."""
        there = self.opened.values
        if data.get("all_day"):
            data["local_time"], data["minutes"] = None, there["minutes"]
            self.errors.pop("local_time", None)
            self.errors.pop("minutes", None)
        else:
            if data.get("local_time") is None and "local_time" not in self.errors:
                self.add_error("local_time", _("Give the hour at which it starts, or tick “Whole days”."))
            if data.get("minutes") is None and "minutes" not in self.errors:
                self.add_error("minutes", _("Say how long it lasts, such as 1:30."))
        data["days"] = data.get("days") or 1

    def asked(self) -> Ask:
        """Return what is asked for: the fields that differ from what the form was opened on."""
        data = self.cleaned_data
        there = self.opened.values
        given = self.fields.keys() - (HOURLY if self.by_weeks and data["rhythm"] == KEEP else set())
        fields = {name: data[name] for name in there if name in given and data.get(name) != there[name]}
        language = fields.get("language", there["language"])
        fields |= {name: {language: data[name]} for name in ("title", "abstract") if data.get(name)}
        return Ask(Scope(data["scope"]), data.get("cadence"), fields, data.get("reason", ""))


# Below: how it is done.


def _initial(opened: Opened) -> dict[str, Any]:
    series = opened.series
    rhythm = cadence_of(series.first_date, series.rrule, series.rdates, series.exdates)
    rest = continued(rhythm, opened.begins) or rhythm
    scope = Scope.FOLLOWING if opened.session else Scope.FUTURE
    chosen: dict[str, Any] = {"rhythm": KEEP, "scope": scope.value, "seen": series.revision}
    whole = {"all_day": opened.values["local_time"] is None and opened.precision == Precision.DAY}
    chosen["room"] = own_place(opened.session or series)
    return _rhythm_of(rest, max(opened.begins, rest.first)) | opened.values | whole | chosen


def _rhythm_of(rest: Cadence, begins: date) -> dict[str, Any]:
    """The fields of another rhythm, filled in with what the present one comes nearest to."""
    found = describe(rest.rrule)
    ends = Ends.COUNT if found.count else Ends.UNTIL if found.until else Ends.OPEN
    weekday = found.weekdays[0] if found.weekdays else begins.weekday()
    listed = sorted(day for day in {rest.first, *rest.rdates} if day >= begins)
    return {
        "every_days": found.interval if found.kind == Kind.DAILY else 1,
        "every": found.interval if found.kind == Kind.WEEKLY else 1,
        "years": found.interval if found.kind == Kind.YEARLY else 1,
        "months": found.interval if found.kind in (Kind.MONTHLY_DAY, Kind.MONTHLY_WEEKDAY) else 1,
        "weekdays": list(found.weekdays) if found.kind == Kind.WEEKLY else [],
        "nth": found.nth or min(4, (begins.day - 1) // 7 + 1),
        "weekday": weekday,
        "day": found.day or begins.day,
        "first_date": begins,
        "dates": listed if not rest.rrule else [],
        "ends": ends,
        "count": found.count and found.count - sum(day < begins for day in rest.exdates),
        "until": found.until,
        "extra": [day for day in rest.rdates if day >= begins] if rest.rrule else [],
        "left_out": [day for day in rest.exdates if day >= begins],
    }


class SwapForm(SeenForm):
    """Which session this one changes places with."""

    other = forms.ChoiceField(
        label=gettext_lazy("Change places with"),
        error_messages={"required": gettext_lazy("Choose another session of the same series.")},
    )

    def __init__(self, *args: Any, others: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = others
