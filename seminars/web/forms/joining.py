"""Forms of who asks to belong: who they are, for whom, and their answers to the organisers' questions."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.people.membership.asking import LONGEST_ANSWER, questions_of
from seminars.people.models import Community, Joining, Takes
from seminars.web.forms.inputs import TRAP, Short, Trapped, WebAddress
from seminars.web.forms.naming import countries
from seminars.web.forms.zones import ZoneChoice
from seminars.words import language_said

ORGANISATION = ("name", "country", "sector", "website")


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by their names in the page's language, nothing chosen first."""
    return [("", _("not said")), *countries()]


class OrganisationFields(forms.Form):
    """Which organisation."""

    organisation_name = Short(label=gettext_lazy("Organisation"), longest=200, required=False)
    organisation_country = forms.ChoiceField(
        label=gettext_lazy("Its country"), choices=country_choices, required=False
    )
    organisation_sector = Short(
        label=gettext_lazy("Its sector"),
        longest=100,
        required=False,
        help_text=gettext_lazy("Such as housing, savings groups, agriculture."),
    )
    organisation_website = WebAddress(label=gettext_lazy("Its website"), required=False)

    def organisation(self) -> dict[str, str]:
        """Return the organisation's columns; nothing where no name is given."""
        data = self.cleaned_data
        if not data.get("organisation_name"):
            return {}
        return {name: data.get(f"organisation_{name}", "") for name in ORGANISATION}


class JoinForm(Trapped, OrganisationFields):
    """Ask to belong to `community`. `known`: who is signed in; a member of an open community gives nothing more."""

    field_order = ["website", "name", "email", "zone"]
    name = Short(
        label=gettext_lazy("Your name"),
        longest=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name, as the organisers are to see it.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Only the organisers see it."),
        error_messages={"required": gettext_lazy("Give your e-mail address: your link comes by mail.")},
    )
    zone = ZoneChoice(
        label=gettext_lazy("Your city, or a larger one with the same clock"),
        required=False,
        help_text=gettext_lazy("So that hours can be found that suit you."),
    )

    def __init__(
        self, *args: Any, community: Community, known: bool = False, proven: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.community = community
        if proven or known:
            del self.fields["email"]
        if known and community.joining == Joining.OPEN:
            del self.fields["name"], self.fields["zone"]
        if community.takes == Takes.PEOPLE:
            for name in ORGANISATION:
                del self.fields[f"organisation_{name}"]
        elif community.takes == Takes.ORGANISATIONS:
            self.fields["organisation_name"].required = True
            words = _("Say which organisation you represent: organisations are members here.")
            self.fields["organisation_name"].error_messages["required"] = words
        else:
            self.fields["organisation_name"].help_text = _("Only if you ask for it to be a member.")
        self.tag = language_said(community.questions, get_language() or "en")
        self.questions = questions_of(community.questions, self.tag) if self._asks else []
        for number, question in enumerate(self.questions):
            self.fields[f"answer_{number}"] = forms.CharField(
                label=question,
                max_length=LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={
                    "required": _("Answer this question: the organisers decide by it."),
                    "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d."),
                },
            )
        if any(community.eligibility.values()):
            self.fields["eligible"] = forms.BooleanField(
                label=self._eligible_words(),
                error_messages={
                    "required": _("Tick this if it is so. If not, write to the organisers first.")
                },
            )

    @property
    def _asks(self) -> bool:
        return self.community.joining == Joining.REQUEST

    def _eligible_words(self) -> str:
        if self.community.takes == Takes.ORGANISATIONS:
            return _("We are such an organisation.")
        return _("This is true of me.")

    @property
    def is_one_button(self) -> bool:
        """Whether nothing is asked but the trap."""
        return set(self.fields) == {TRAP}

    def answer_fields(self) -> list[forms.BoundField]:
        """The organisers' questions."""
        return [self[f"answer_{number}"] for number in range(len(self.questions))]

    def columns(self) -> dict[str, Any]:
        """Return what `asking.ask` takes, but for the address and the language."""
        data = self.cleaned_data
        answers = [(question, data[f"answer_{number}"]) for number, question in enumerate(self.questions)]
        found = {name: data[name] for name in ("name", "zone") if name in data}
        return found | {"answers": answers, "organisation": self.organisation()}
