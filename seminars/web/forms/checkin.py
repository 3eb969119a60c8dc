"""The form behind the poster at the door."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.web.forms.inputs import Short

TRAP = "website"


class HereForm(forms.Form):
    """By what somebody is registered. `website` is a trap for scripts: people never see it."""

    who = Short(
        label=gettext_lazy("Your e-mail address, or the code of your ticket"),
        longest=254,
        help_text=gettext_lazy("As you registered."),
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "off"}
        ),
        error_messages={"required": gettext_lazy("Give your address, or the code of your ticket.")},
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_who(self) -> str:
        """Without spaces around."""
        return str(self.cleaned_data["who"]).strip()

    def clean_website(self) -> str:
        """Refuse who filled the trap."""
        if self.cleaned_data[TRAP]:
            raise ValidationError(_("Leave the field “Leave this empty” empty, and send again."))
        return ""
