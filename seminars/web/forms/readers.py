"""Forms of readers: an address that follows something, and which mails it wants."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from seminars.series.leads import BEFORE, ordered
from seminars.web.forms.inputs import Trapped
from seminars.web.forms.zones import ZoneChoice

WISHES: dict[str, str | Promise] = {
    "moves": gettext_lazy("When something moves: a new time, a session cancelled"),
    "ready": gettext_lazy("When a recording is ready"),
    "newsletter": gettext_lazy("The newsletter: what comes, what is new in the archive"),
}
LEADS: dict[str, str | Promise] = {
    "week": gettext_lazy("1 week before"),
    "3days": gettext_lazy("3 days before"),
    "day": gettext_lazy("1 day before"),
    "3hours": gettext_lazy("3 hours before"),
    "hour": gettext_lazy("1 hour before"),
    "15min": gettext_lazy("15 minutes before"),
}
assert list(LEADS) == list(BEFORE)


class LeadsField(forms.MultipleChoiceField):
    """When reminders come: none, one or several."""

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {
            "required": False,
            "choices": list(LEADS.items()),
            "widget": forms.CheckboxSelectMultiple,
        }
        super().__init__(**given | options)

    def clean(self, value: Any) -> list[str]:
        """Return the names, the longest time first."""
        return ordered(super().clean(value))


class FollowForm(Trapped):
    """What is wanted, and to which address. `website` is a trap for scripts: people never see it."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Mail me"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one kind of mail.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Used for these mails only. Nobody else sees it."),
        error_messages={
            "required": gettext_lazy("Give your e-mail address: a link to confirm comes by mail.")
        },
    )
    zone = ZoneChoice(
        label=gettext_lazy("Your city, or a larger one with the same clock"),
        help_text=gettext_lazy("Mails tell the time by this clock."),
    )

    def __init__(
        self, *args: Any, offered: Iterable[tuple[str, str | Promise]], known: bool, **options: Any
    ) -> None:
        """Offered: kinds of mail with their words. known: the address is the account's own and is not asked for."""
        super().__init__(*args, **options)
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(offered)
        if known:
            for name in ("email", "zone", "website"):
                del self.fields[name]


class WhenForm(forms.Form):
    """When somebody wants reminders."""

    own = forms.ChoiceField(
        label=gettext_lazy("Remind me by mail"),
        choices=[
            ("", gettext_lazy("When the organisers planned it")),
            ("own", gettext_lazy("At times of my own")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    leads = LeadsField(
        label=gettext_lazy("At these times"), help_text=gettext_lazy("None ticked: no reminders at all.")
    )

    def wanted(self) -> list[str] | None:
        """Return the chosen times; None where each series decides."""
        return list(self.cleaned_data["leads"]) if self.cleaned_data["own"] else None


class RemindersForm(WhenForm):
    """When somebody wants reminders in general, and mails of what they registered for."""

    ready = forms.BooleanField(
        label=gettext_lazy("Mail me when the recording is ready"),
        required=False,
    )
    asked = forms.BooleanField(
        label=gettext_lazy("Ask me afterwards how it was"),
        required=False,
    )


class ReaderForm(RemindersForm):
    """The same for an address without an account, and how it reads."""

    language = forms.ChoiceField(label=gettext_lazy("Language of the mails"), choices=settings.LANGUAGES)
    zone = ZoneChoice(label=gettext_lazy("Time zone"), required=False)
