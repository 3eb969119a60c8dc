"""Forms of the directory and of introductions: one's own entry, what to find, a message, two to introduce."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.directory.models import LONGEST, DirectoryEntry
from seminars.people.introducing.models import LONGEST as LONGEST_NOTE
from seminars.people.models import Community, Membership, Person
from seminars.web.forms.inputs import Short, language_choices
from seminars.web.forms.naming import countries
from seminars.web.forms.zones import ZoneChoice

TONGUES = ("tongue_1", "tongue_2", "tongue_3", "tongue_4")


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name in the page's language, and none."""
    return [("", _("Left out")), *countries()]


def tongue_choices() -> list[Any]:
    """Return the languages, and none."""
    return [("", _("None")), *language_choices()]


def paragraph(
    label: Any, help_text: Any, longest: int, *, required: bool = False, rows: int = 3
) -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": gettext_lazy("Write a few words."),
            "max_length": gettext_lazy("Shorten this to %(limit_value)d characters; it has %(show_value)d."),
        },
    )


class EntryForm(forms.Form):
    """One's own entry. What is left empty is not shown."""

    name = Short(
        label=gettext_lazy("Name"),
        longest=200,
        required=False,
        help_text=gettext_lazy("As members are to see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    zone = ZoneChoice(label=gettext_lazy("Your city, or a larger one with the same clock"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False, choices=country_choices)
    sector = Short(
        label=gettext_lazy("Sector"),
        longest=80,
        required=False,
        help_text=gettext_lazy("What your work is about, such as housing."),
        widget=forms.TextInput(attrs={"list": "sectors"}),
    )
    offers = paragraph(
        gettext_lazy("What I offer"),
        gettext_lazy("Plain words, such as: savings groups, teaching by phone."),
        LONGEST,
    )
    seeks = paragraph(
        gettext_lazy("What I seek"), gettext_lazy("Likewise: who offers it is shown to you."), LONGEST
    )
    writable = forms.BooleanField(
        label=gettext_lazy("Members may write to me"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Their messages are passed on by mail; they never see your address."),
    )
    introducible = forms.BooleanField(
        label=gettext_lazy("Facilitators may introduce me without asking first"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, name in enumerate(TONGUES, 1):
            label = _("Languages you speak") if number == 1 else _("Language %(n)d") % {"n": number}
            self.fields[name] = forms.ChoiceField(label=label, choices=tongue_choices, required=False)

    @staticmethod
    def initial_of(entry: DirectoryEntry) -> dict[str, Any]:
        """Return what the form shows of `entry`."""
        names = ("name", "zone", "country", "sector", "offers", "seeks", "writable", "introducible")
        return {name: getattr(entry, name) for name in names} | EntryForm.tongues_of(entry.tags)

    @staticmethod
    def tongues_of(tags: list[str]) -> dict[str, str]:
        """Return the first four languages as the fields hold them."""
        return dict(zip(TONGUES, tags, strict=False))

    def columns(self) -> dict[str, Any]:
        """Return the entry's columns."""
        data = self.cleaned_data
        spoken = list(dict.fromkeys(data[name] for name in TONGUES if data[name]))
        return {name: value for name, value in data.items() if name not in TONGUES} | {"languages": spoken}


class FindForm(forms.Form):
    """Who to find. Nothing is required: a wrong value finds as if it were not there."""

    q = forms.CharField(label=gettext_lazy("Words in offers and wishes"), required=False, max_length=100)
    zone = forms.ChoiceField(label=gettext_lazy("City"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    hours = forms.ChoiceField(
        label=gettext_lazy("Hours"),
        required=False,
        choices=[
            ("", gettext_lazy("any")),
            ("awake", gettext_lazy("awake now")),
            ("shared", gettext_lazy("at least 4 office hours with mine")),
        ],
    )

    def __init__(self, *args: Any, zones: Any, sectors: Any, languages: Any, **options: Any) -> None:
        """Offer what entries name: (value, words) each."""
        super().__init__(*args, **options)
        anything = [("", _("any"))]
        for name, choices in (("zone", zones), ("sector", sectors), ("language", languages)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*anything, *choices]


class NoteForm(forms.Form):
    """A message that is passed on."""

    text = paragraph(gettext_lazy("Your message"), "", LONGEST_NOTE, required=True, rows=5)


class ReportForm(forms.Form):
    """Why a message is shown to the organisers."""

    why = Short(label=gettext_lazy("What is wrong with it"), longest=500, required=False)


class IntroduceForm(forms.Form):
    """Two members, and what the facilitator says to both."""

    one = Short(
        label=gettext_lazy("One member"),
        longest=254,
        help_text=gettext_lazy("The name, or the e-mail address."),
    )
    other = Short(label=gettext_lazy("The other"), longest=254, help_text=gettext_lazy("Likewise."))
    words = paragraph(
        gettext_lazy("Your words to both"),
        gettext_lazy("Why they should know each other. Both read the same."),
        LONGEST_NOTE,
        required=True,
        rows=5,
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("Both told me that they agree"),
        required=False,
        help_text=gettext_lazy("Without this each is asked first, by mail."),
    )

    def __init__(self, *args: Any, community: Community, **options: Any) -> None:
        super().__init__(*args, **options)
        self.community = community

    def clean_one(self) -> Person:
        """Return the first person."""
        return self._member(self.cleaned_data["one"])

    def clean_other(self) -> Person:
        """Return the second."""
        return self._member(self.cleaned_data["other"])

    def _member(self, said: str) -> Person:
        """The one member of this name or address."""
        said = said.strip()
        named = (
            Q(person__name__iexact=said) | Q(person__email__iexact=said) | Q(person__user__email__iexact=said)
        )
        rows = Membership.objects.filter(named, community=self.community).select_related("person")
        found = list(rows.order_by("pk")[:2])
        if not found:
            raise ValidationError(_("No member has this name or address."), "unknown")
        if len(found) > 1:
            raise ValidationError(_("Several members have this name. Give the address."), "several")
        return found[0].person
