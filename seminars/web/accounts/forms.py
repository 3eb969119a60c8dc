"""Forms of one's own account."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.profile import LONGEST_ABOUT
from seminars.web.forms.choosing import FewFirst
from seminars.web.forms.naming import countries, languages
from seminars.web.forms.zones import ZoneChoice


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Always one that signs in alone: who adds a passkey expects it to."""

    name = forms.CharField(label=gettext_lazy("Name, such as the device"), max_length=60, required=False)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        """Return True, whatever was sent."""
        return True


def country_choices() -> list[tuple[str, str]]:
    """Return every country by its name in the page's language, and nothing first."""
    return [("", _("Not said")), *countries()]


class ProfileForm(forms.Form):
    """Who somebody is, and how they read."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, strip=True)
    affiliation = forms.CharField(label=gettext_lazy("Organisation"), max_length=200, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices, required=False)
    about = forms.CharField(
        label=gettext_lazy("About you"),
        max_length=LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Shown where you speak, and where you let others find you."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages, calendar and mail"),
        choices=[("", gettext_lazy("as the browser asks")), *settings.LANGUAGES],
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages you speak"),
        choices=languages,
        required=False,
        widget=FewFirst,
    )
    zone = ZoneChoice(label=gettext_lazy("Time zone"), required=False)
    saves_data = forms.BooleanField(
        label=gettext_lazy("Save my data: voice first, and no pictures before I press play"), required=False
    )


class ConfirmCode(forms.Form):
    """A code from a mail, once more."""

    code = forms.CharField(max_length=20)


class LeaveForm(forms.Form):
    """The last word before an account is forgotten."""

    sure = forms.BooleanField(label=gettext_lazy("Yes, forget me after seven days"))
    keep_names = forms.BooleanField(
        label=gettext_lazy("My name may stay on the recordings I agreed to publish"),
        required=False,
        initial=True,
    )
