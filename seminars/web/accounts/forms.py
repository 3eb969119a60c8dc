"""Forms of one's own account."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Always one that signs in alone: who adds a passkey expects it to."""

    name = forms.CharField(label=gettext_lazy("Name, such as the device"), max_length=60, required=False)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        """Return True, whatever was sent."""
        return True
