"""Forms of the import page: a file or an address; then where sessions go and how a table is read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.calendars.importing.incoming import MOST_BYTES
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.web.forms.inputs import LONGEST_TITLE, Short
from seminars.web.forms.zones import ZoneChoice

NEW = "new"
COLUMNS = {
    "title": gettext_lazy("Title"),
    "date": gettext_lazy("Date"),
    "start": gettext_lazy("Start"),
    "end": gettext_lazy("End"),
    "end_date": gettext_lazy("Last day"),
    "length": gettext_lazy("Length"),
    "zone": gettext_lazy("Time zone"),
    "room": gettext_lazy("Room"),
    "join_url": gettext_lazy("Join link"),
    "source_url": gettext_lazy("Page"),
    "abstract": gettext_lazy("What it is about"),
    "status": gettext_lazy("State"),
    "uid": gettext_lazy("Identifier"),
}


class CalendarForm(forms.Form):
    """A file, or an address."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("A calendar (.ics) or a table (.csv), at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.csv,.tsv,.txt,text/calendar,text/csv"}),
    )
    address = Short(
        label=gettext_lazy("Or its address"),
        longest=500,
        required=False,
        help_text=gettext_lazy("It begins with https:// or webcal:// and often ends in .ics."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        file = data.get("file")
        if not file and not data.get("address") and not self.errors:
            self.add_error("file", _("Choose a file, or give an address."))
        if file and file.size > MOST_BYTES:
            self.add_error("file", _("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
        return data


class ChoicesForm(forms.Form):
    """Where the sessions go, and what is done."""

    into = forms.ChoiceField(label=gettext_lazy("Into which series"))
    title = Short(label=gettext_lazy("Title of the new series"), longest=LONGEST_TITLE, required=False)
    external = forms.BooleanField(
        label=gettext_lazy("These are other people’s events"),
        required=False,
        help_text=gettext_lazy("Listed with their source; nothing is promised of them."),
    )
    published = forms.BooleanField(
        label=gettext_lazy("Publish the new series at once"),
        required=False,
        help_text=gettext_lazy("Else it is a draft, which you look at first."),
    )
    zone = ZoneChoice(label=gettext_lazy("Time zone of times that name none"))
    withdraw = forms.BooleanField(
        label=gettext_lazy("Cancel sessions that the calendar no longer holds"), required=False
    )
    keep_following = forms.BooleanField(
        label=gettext_lazy("Keep following this calendar"),
        required=False,
        help_text=gettext_lazy("It is read again each hour, and changes are taken over."),
    )
    day_first = forms.ChoiceField(
        label=gettext_lazy("03/04 means"),
        required=False,
        choices=[
            ("", gettext_lazy("as the table shows")),
            ("day", gettext_lazy("3 April")),
            ("month", gettext_lazy("March 4")),
        ],
    )

    def __init__(
        self, *args: Any, community: Community, address: str, headers: Sequence[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        series = Series.objects.filter(community=community).order_by("slug")
        into = self.fields["into"]
        assert isinstance(into, forms.ChoiceField)
        into.choices = [(NEW, _("A new series")), *((each.slug, str(_title(each))) for each in series)]
        if not address:
            del self.fields["keep_following"]
        self.columns: list[str] = []
        if not headers:
            del self.fields["day_first"]
            return
        stand = [("", "–"), *((str(at), header) for at, header in enumerate(headers))]
        for name, label in COLUMNS.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(label=label, required=False, choices=stand)
            self.columns.append(f"column_{name}")

    def of_table(self) -> list[forms.BoundField]:
        """The fields that say which column is which."""
        return [self[name] for name in self.columns]


def _title(series: Series) -> str:
    from_series = dict(series.title)
    return from_series.get(series.language) or next(iter(from_series.values()), series.slug)
