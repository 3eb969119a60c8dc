"""The form of the one-time setup: who administers this Meridian, and its first community."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from seminars.people.models import User
from seminars.web.forms.zones import ZoneChoice, ZoneSelect


class SetupForm(forms.Form):
    """The first administrator and the first community."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("You sign in with it; a code is sent there each time."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    community = forms.CharField(
        label=_("Name of your community"),
        max_length=100,
        help_text=_("You can change it, and add more, later."),
    )
    zone = ZoneChoice(
        label=_("The city whose clock it keeps"),
        widget=ZoneSelect(
            attrs={"size": 8, "class": "tall"}
        ),  # open, so that the search above it shows what it finds
        help_text=_("Times are typed, and shown to those who have not chosen, by this clock."),
    )

    def clean_email(self) -> str:
        """Refuse an address that already has an account."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("There is already an account with this address. Give another."))
        return email
