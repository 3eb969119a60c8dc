"""The form of a room."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from seminars.changes.refusing import UserError
from seminars.series.rooms.keeping import LONGEST_ACCESS, position
from seminars.series.rooms.models import Room
from seminars.web.forms.inputs import Short
from seminars.web.forms.rhythm import number_field


class RoomForm(forms.Form):
    """What `keeping.add_room` and `rehousing.change_room` take."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = Short(
        label=gettext_lazy("Name or number"),
        longest=100,
        help_text=gettext_lazy("Such as 1.205, or Large hall."),
        error_messages={"required": gettext_lazy("Give the room's name or number.")},
    )
    address = Short(
        label=gettext_lazy("Address"),
        longest=190,
        required=False,
        help_text=gettext_lazy("House, street and city, as a guest would need it."),
    )
    capacity = number_field(
        1,
        100_000,
        label=gettext_lazy("How many people it holds"),
        help_text=gettext_lazy("Empty: nobody counts. Invitations that the room does not hold are refused."),
    )
    access = Short(
        label=gettext_lazy("Getting in"),
        longest=LONGEST_ACCESS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Steps, lifts, hearing loop, which door, who to ring."),
    )
    position = forms.CharField(
        label=gettext_lazy("Place on the map"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
        help_text=gettext_lazy("Latitude and longitude as maps copy them: 55.9, 13.3"),
    )

    def clean_position(self) -> tuple[float, float] | None:
        """Return degrees."""
        try:
            return position(self.cleaned_data["position"])
        except UserError as refused:
            raise ValidationError(refused.fields["position"]) from refused

    @staticmethod
    def initial_of(room: Room) -> dict[str, Any]:
        """Return what the form shows of `room`."""
        found = {name: getattr(room, name) for name in ("name", "address", "capacity", "access")}
        where = room.position
        return found | {
            "position": f"{where[0]:.10g}, {where[1]:.10g}" if where else "",
            "seen": room.revision,
        }

    def columns(self) -> dict[str, Any]:
        """Return the columns of a room."""
        latitude, longitude = self.cleaned_data["position"] or (None, None)
        found = {name: self.cleaned_data[name] for name in ("name", "address", "capacity", "access")}
        return found | {"latitude": latitude, "longitude": longitude}
