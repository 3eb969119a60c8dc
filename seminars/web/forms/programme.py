"""Forms of an event's programme: one part, and many as lines."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars import clock
from seminars.sessions.models import Session
from seminars.web.forms.inputs import LONGEST_TITLE, Short
from seminars.web.forms.sessions import WhenForm

LONGEST_TEXT = 40_000


class PartForm(WhenForm):
    """One part of an event."""

    title = Short(
        label=gettext_lazy("Title"),
        longest=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Give a title.")},
    )
    room = Short(
        label=gettext_lazy("Room"),
        longest=300,
        required=False,
        help_text=gettext_lazy("Parts in different rooms may run at the same time."),
    )
    abstract = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("title", "date", "time", "minutes", "room", "abstract")

    def __init__(self, *args: Any, event: Session, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("days", None)
        self.fields["minutes"].required = True
        self.fields["minutes"].error_messages["required"] = _("Give the length, such as 45 or 1:30.")
        if event.local_date is not None:
            last = last_day(event)
            self.fields["date"].widget.attrs |= {"min": event.local_date.isoformat(), "max": last.isoformat()}

    def asked(self) -> dict[str, Any]:
        """Return the keyword arguments of `parts.add_part`."""
        data, when = self.cleaned_data, self.arguments()
        when.pop("days")
        return when | {name: data[name] for name in ("title", "room", "abstract")}

    @staticmethod
    def initial_of(event: Session, parts: list[Session]) -> dict[str, Any]:
        """Return the hour after the last part, else the event's first."""
        dated = [each for each in parts if each.local_date and each.local_time]
        if not dated:
            return {"date": event.local_date, "time": event.local_time or time(9), "minutes": 45}
        last = max(dated, key=lambda each: (each.local_date, each.local_time, each.minutes))
        assert last.local_date is not None
        assert last.local_time is not None
        end = datetime.combine(last.local_date, last.local_time) + timedelta(minutes=last.minutes)
        return {"date": end.date(), "time": end.time(), "minutes": last.minutes, "room": last.room}


class LinesForm(forms.Form):
    """Many parts, a line each."""

    lines = forms.CharField(
        label=gettext_lazy("A part on each line"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Hours | room | title | speaker, speaker. A line with a day alone, 2027-05-09 or “Day 2”, says on which day"
            " the next ones are."
        ),
        error_messages={"required": gettext_lazy("Write at least one line.")},
    )


def last_day(event: Session) -> date:
    """Return the last day of a dated event, by its own clock."""
    assert event.ends_at is not None
    return clock.to_wall(event.ends_at - timedelta(microseconds=1), event.zone).date()
