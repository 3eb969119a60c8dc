"""The form that gives a role in a series."""

from django import forms
from django.utils.translation import gettext_lazy

from seminars.series.models import Part
from seminars.web.forms.inputs import Short


class PartForm(forms.Form):
    """Somebody by their address, and what they do."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("They sign in with it. The role counts from then on."),
        error_messages={
            "required": gettext_lazy("Give an e-mail address."),
            "invalid": gettext_lazy("Give an e-mail address such as name@example.org."),
        },
    )
    name = Short(label=gettext_lazy("Name"), longest=200, required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Part.choices, initial=Part.HOST, widget=forms.RadioSelect
    )
