"""Forms of one's own account."""

import pytz
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.people.profile import LONGEST_ABOUT
from seminars.web.forms.choosing import FewFirst
from seminars.web.forms.zones import ZoneChoice, locale_of


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Always one that signs in alone: who adds a passkey expects it to."""

    name = forms.CharField(label=gettext_lazy("Name, such as the device"), max_length=60, required=False)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        """Return True, whatever was sent."""
        return True


def spoken() -> list[tuple[str, str]]:
    """Return the languages that somebody may say they speak, by name in the page's language."""
    names = locale_of(get_language() or "en").languages
    tags = [str(tag) for tag in names]
    found = [(tag, str(names[tag])) for tag in tags if tag.isalpha() and len(tag) == 2]
    return sorted(found, key=lambda pair: pair[1].casefold())


def countries() -> list[tuple[str, str]]:
    """Return every country by its name in the page's language, and nothing first."""
    names = locale_of(get_language() or "en").territories
    found = [(code, str(names.get(code, code))) for code in pytz.country_names]
    return [("", _("Not said")), *sorted(found, key=lambda pair: pair[1].casefold())]


class ProfileForm(forms.Form):
    """Who somebody is, and how they read."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, strip=True)
    affiliation = forms.CharField(label=gettext_lazy("Organisation"), max_length=200, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries, required=False)
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
        choices=spoken,
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
