"""Forms of a listening site: who registers one, and how many came."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.sites.models import MOST_HEADS, ListeningSite
from seminars.sessions.sites.registering import COLUMNS, LONGEST_NOTES
from seminars.web.forms.inputs import Short, Trapped
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import ZoneChoice


class SiteForm(Trapped):
    """A place where a group follows the session. `website` is a trap for scripts: people never see it."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    place = Short(
        label=gettext_lazy("Place"),
        longest=200,
        help_text=gettext_lazy("Such as: town library, the large room."),
        error_messages={"required": gettext_lazy("Say where your group meets.")},
    )
    city = Short(
        label=gettext_lazy("City"),
        longest=100,
        error_messages={"required": gettext_lazy("Give the city or village.")},
    )
    zone = ZoneChoice(label=gettext_lazy("Whose clock counts there"))
    contact = Short(
        label=gettext_lazy("Your name"),
        longest=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Only the organisers see it."),
        error_messages={
            "required": gettext_lazy("Give your e-mail address, so that the organisers reach you.")
        },
    )
    expected = number_field(1, MOST_HEADS, label=gettext_lazy("How many people you expect"))
    holds = number_field(
        1,
        MOST_HEADS,
        label=gettext_lazy("How many your room holds"),
        help_text=gettext_lazy("Empty: nobody counts."),
    )
    welcome = forms.BooleanField(
        label=gettext_lazy("Others may come"),
        required=False,
        help_text=gettext_lazy("Then the session's page names the place and the city, never you."),
    )
    notes = Short(
        label=gettext_lazy("To the organisers"),
        longest=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as what you need: slides to print, an interpreter."),
    )

    def clean_expected(self) -> int:
        """A number is needed."""
        expected = self.cleaned_data["expected"]
        if expected is None:
            raise ValidationError(_("Give the number of people. A guess is enough."))
        return int(expected)

    @staticmethod
    def initial_of(site: ListeningSite) -> dict[str, Any]:
        """Return what the form shows of `site`."""
        return {name: getattr(site, name) for name in COLUMNS}

    @staticmethod
    def fresh(zone: str) -> dict[str, Any]:
        """Return what an empty form shows to somebody in `zone`."""
        return {"zone": zone, "form_key": uuid4().hex}

    def columns(self) -> dict[str, Any]:
        """Return what the verbs of `sites.registering` take."""
        return {name: self.cleaned_data[name] for name in COLUMNS}


class HeadsForm(forms.Form):
    """How many came."""

    came = number_field(0, MOST_HEADS, label=gettext_lazy("How many people came"))

    def clean_came(self) -> int:
        """A number is needed."""
        came = self.cleaned_data["came"]
        if came is None:
            raise ValidationError(_("Give the number of people who came."))
        return int(came)
