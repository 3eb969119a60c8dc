"""Forms of a registration: who comes, by whose clock, and how it gets into their calendar."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.sessions.registration.models import Registration
from seminars.web.forms.inputs import Short
from seminars.web.forms.zones import ZoneChoice

TRAP = "website"
INVITED, FEED = "invitation", "feed"


class DetailsForm(forms.Form):
    """What one can change by the link."""

    name = Short(
        label=gettext_lazy("Your name"),
        longest=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name, as the organisers are to see it.")},
    )
    zone = ZoneChoice(
        label=gettext_lazy("Your city, or a larger one with the same clock"),
        help_text=gettext_lazy("Mails tell the time by this clock."),
    )
    calendar = forms.ChoiceField(
        label=gettext_lazy("Your calendar"),
        choices=[
            (INVITED, gettext_lazy("Mail me an invitation for my calendar, and each change")),
            (FEED, gettext_lazy("I follow the feed already: no invitation")),
        ],
        initial=INVITED,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Who follows the feed and accepts the invitation sees the session twice."),
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )

    reminders = forms.BooleanField(
        label=gettext_lazy("Remind me by mail a week, a day and an hour before"), required=False, initial=True
    )

    def __init__(self, *args: Any, invites: bool, **options: Any) -> None:
        """Invites: whether the series sends invitations at all; if not, nothing is asked."""
        super().__init__(*args, **options)
        if not invites:
            del self.fields["calendar"]

    @staticmethod
    def initial_of(registration: Registration) -> dict[str, Any]:
        """Return what the form shows of `registration`."""
        wish = INVITED if registration.wants_invitation else FEED
        zone = registration.zone or registration.session.zone
        tick = registration.reminders
        return {"name": registration.name, "zone": zone, "calendar": wish, "reminders": tick}

    def columns(self) -> dict[str, Any]:
        """Return what the verbs of `registration.registering` take."""
        data = self.cleaned_data
        found = {"name": data["name"], "zone": data["zone"], "reminders": data["reminders"]}
        return found | ({"wants_invitation": data["calendar"] == INVITED} if "calendar" in data else {})


class RegisterForm(DetailsForm):
    """Who registers. `website` is a trap for scripts: people never see it."""

    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Only the organisers see it."),
        error_messages={"required": gettext_lazy("Give your e-mail address: your link comes by mail.")},
    )

    def clean_website(self) -> str:
        """Refuse who filled the trap."""
        if self.cleaned_data[TRAP]:
            raise ValidationError(_("Leave the field “Leave this empty” empty, and send again."))
        return ""
