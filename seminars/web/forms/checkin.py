"""The form behind the poster at the door."""

from django import forms
from django.utils.translation import gettext_lazy

from seminars.web.forms.inputs import Short, Trapped


class HereForm(Trapped):
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

    def clean_who(self) -> str:
        """Without spaces around."""
        return str(self.cleaned_data["who"]).strip()
