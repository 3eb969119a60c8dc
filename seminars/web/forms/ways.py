"""Where and how people take part: a room, a link, a stream, numbers to dial. Shared by planning, editing, changing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.people.membership.models import Cohort
from seminars.people.models import Form
from seminars.series.models import Audience, Series
from seminars.series.rooms.models import Room
from seminars.sessions import dialling
from seminars.sessions.checking import LONGEST_DOORS
from seminars.sessions.models import Session
from seminars.web.forms.inputs import LanguageChoice, Short, WebAddress
from seminars.web.forms.rhythm import number_field
from seminars.words import say

LONGEST_NUMBERS = 2000
DOORS = 15  # minutes
OTHER = gettext_lazy("Another place, written below")


class RoomChoice(forms.TypedChoiceField):
    """One of the community's rooms, or none; what is stored is the room's number in the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, choices=[("", OTHER)], **options)


class PlaceForm(forms.Form):
    """Where and how people take part. Call `offer_rooms` for the rooms among which one chooses."""

    form = forms.ChoiceField(
        label=gettext_lazy("Where people meet"),
        choices=Form.choices,
        initial=Form.VIRTUAL,
        widget=forms.RadioSelect,
    )
    place_id = RoomChoice(
        label=gettext_lazy("Room"),
        help_text=gettext_lazy("Its address, access notes and place on the map come along."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the rooms in the list.")},
    )
    room = Short(
        label=gettext_lazy("Place"),
        longest=300,
        required=False,
        help_text=gettext_lazy("House, street and room, as a guest would need it."),
    )
    join_url = WebAddress(
        label=gettext_lazy("Join link"),
        required=False,
        help_text=gettext_lazy(
            "Your meeting's address. People get one of ours that leads to it, so you can change it late."
        ),
    )
    view_url = WebAddress(
        label=gettext_lazy("View-only link"),
        required=False,
        help_text=gettext_lazy("A stream to watch without taking part: cheaper on a slow line."),
    )
    dial_in = forms.CharField(
        label=gettext_lazy("Numbers to dial in"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One on each line, with its country and code: ZA +27 11 123 4567, code 123456#"
        ),
    )
    doors = number_field(
        0,
        LONGEST_DOORS,
        label=gettext_lazy("Doors open, minutes before the start"),
        initial=DOORS,
        help_text=gettext_lazy("Before that, our link says when to come back."),
    )
    language = LanguageChoice(label=gettext_lazy("Language spoken"))
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=[each for each in Audience.choices if each[0] != Audience.COHORT],
        initial=Audience.EVERYONE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "A closed community shows everything to its members only. Invited people are named on each session."
        ),
    )

    def offer_rooms(self, rooms: Iterable[Room]) -> None:
        """Let people choose among `rooms`; those of several communities say whose they are. Load `community` then."""
        found = list(rooms)
        several = len({room.community_id for room in found}) > 1
        self.labels = {room.pk: room.label for room in found}
        field = self.fields["place_id"]
        assert isinstance(field, RoomChoice)
        field.choices = [("", OTHER), *((str(room.pk), _named(room, several=several)) for room in found)]
        if found:
            self.fields["room"].label = _("Another place")

    @property
    def offers_rooms(self) -> bool:
        """Whether there is a room to choose."""
        return bool(getattr(self, "labels", None))

    def offer_cohorts(self, cohorts: Iterable[Cohort], *, choose: bool = True) -> None:
        """Offer "one cohort" as an audience where there is any. choose: which; else it is the series' own."""
        found = list(cohorts)
        if not found:
            return
        audience = self.fields["audience"]
        assert isinstance(audience, forms.ChoiceField)
        audience.choices = Audience.choices
        language = get_language() or "en"
        names = [(str(each.pk), say(each.name, language)) for each in found]
        if not choose:
            words = _("cohort: %(name)s") % {"name": names[0][1]}
            audience.choices = [
                (value, words if value == Audience.COHORT else label) for value, label in Audience.choices
            ]
            return
        several = len({each.community_id for each in found}) > 1
        if several:
            names = [
                (str(each.pk), f"{say(each.community.name, language)}: {say(each.name, language)}")
                for each in found
            ]
        self.fields["cohort_id"] = forms.TypedChoiceField(
            label=_("Which cohort"),
            choices=[("", _("none")), *names],
            coerce=int,
            empty_value=None,
            required=False,
            help_text=_("For an audience of one cohort. Make cohorts on the community's page."),
            error_messages={"invalid_choice": _("Choose a cohort from the list.")},
        )

    def clean_room(self) -> str:
        """Return the room's label; words beside a chosen room would be lost, so they are refused."""
        typed = str(self.cleaned_data["room"])
        chosen = self.cleaned_data.get("place_id")
        if chosen is None:
            return typed
        label = self.labels[chosen]
        if typed and typed != label:
            raise ValidationError(_("A room is chosen above. Empty this field, or choose “Another place”."))
        return label

    def clean_dial_in(self) -> str:
        """Return the numbers in one spelling; a line that cannot be dialled is named."""
        typed = str(self.cleaned_data["dial_in"])
        try:
            text = dialling.written(dialling.parse(typed))
        except dialling.NotANumber as refused:
            raise ValidationError(str(refused)) from refused
        if len(text) > LONGEST_NUMBERS:
            words = _("Shorten this to %(most)d characters; it has %(n)d.")
            raise ValidationError(words % {"most": LONGEST_NUMBERS, "n": len(text)})
        return text

    def clean_doors(self) -> int:
        """Return minutes; empty is as usual."""
        doors = self.cleaned_data["doors"]
        return int(self.get_initial_for_field(self.fields["doors"], "doors") if doors is None else doors)


def rooms_for(thing: Series | Session, community_id: int) -> list[Room]:
    """Return the rooms that `thing` can have: those offered, and the one it has."""
    ours = Room.objects.filter(community_id=community_id)
    return list(ours.filter(Q(closed_at=None) | Q(pk=thing.place_id or 0)))


def own_place(thing: Series | Session) -> str:
    """Return the place in words where it is none of the rooms: what stands in the field for it."""
    return "" if thing.place_id else thing.room


def _named(room: Room, *, several: bool) -> str:
    words = room.label
    if room.capacity:
        words = _("%(room)s (holds %(most)d)") % {"room": words, "most": room.capacity}
    return f"{say(room.community.name, get_language() or 'en')}: {words}" if several else words
