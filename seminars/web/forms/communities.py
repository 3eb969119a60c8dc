"""Forms about a community: what it is, and who belongs to it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.people.membership.asking import questions_of
from seminars.people.models import (
    Community,
    Form,
    Joining,
    Life,
    Mandate,
    Purpose,
    Rhythmic,
    Role,
    Takes,
    Tied,
)
from seminars.web.forms.choosing import FewFirst
from seminars.web.forms.inputs import (
    LanguageChoice,
    Short,
    WebAddress,
    language_choices,
    tongues,
    words_fields,
    words_of,
)
from seminars.web.forms.zones import ZoneChoice, locale_of

MOST_AT_ONCE = 500
FIRST = ("name", "summary")
LATER = ("agenda", "rhythm", "discussing", "eligibility", "questions")
WORDS = (*FIRST, *LATER)
MOST_QUESTIONS = 5
LONGEST_WORDS = 5000
MOST_PROVINCES, LONGEST_PROVINCE = 100, 100
PLAIN = (
    "purpose",
    "life",
    "joining",
    "takes",
    "form",
    "rhythmic",
    "tied",
    "mandate",
    "home_zone",
    "language",
    "languages",
    "countries",
    "provinces",
    "accent",
    "contact",
    "discusses_at",
)


class CommunityForm(forms.Form):
    """All that is said of a community. `slug` is asked once, when it is made: addresses are for ever."""

    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=50,
        help_text=gettext_lazy("Part of every address, for ever, such as savings-groups."),
        error_messages={"invalid": gettext_lazy("Use letters a–z, figures and hyphens only.")},
    )
    purpose = forms.ChoiceField(label=gettext_lazy("What holds it together"), choices=Purpose.choices)
    life = forms.ChoiceField(
        label=gettext_lazy("How long it means to last"), choices=Life.choices, initial=Life.ONGOING
    )
    joining = forms.ChoiceField(
        label=gettext_lazy("How one becomes a member"),
        choices=Joining.choices,
        widget=forms.RadioSelect,
        initial=Joining.OPEN,
        help_text=gettext_lazy("What a closed community does is seen by its members only."),
    )
    takes = forms.ChoiceField(
        label=gettext_lazy("Who belongs"),
        choices=Takes.choices,
        widget=forms.RadioSelect,
        initial=Takes.PEOPLE,
        required=False,
        help_text=gettext_lazy("Organisations belong through the people who represent them."),
    )
    rhythmic = forms.ChoiceField(
        label=gettext_lazy("Meets in a rhythm"), choices=Rhythmic.choices, required=False
    )
    tied = forms.ChoiceField(label=gettext_lazy("Tied to an event"), choices=Tied.choices, required=False)
    mandate = forms.ChoiceField(
        label=gettext_lazy("Why people belong"), choices=Mandate.choices, required=False
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Where people meet"),
        choices=Form.choices,
        widget=forms.RadioSelect,
        initial=Form.VIRTUAL,
    )
    home_zone = ZoneChoice(
        label=gettext_lazy("Home city"), help_text=gettext_lazy("Its clock is offered first.")
    )
    language = LanguageChoice(label=gettext_lazy("Language it mostly works in"))
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Further languages"),
        choices=language_choices,
        required=False,
        widget=FewFirst,
    )
    countries = Short(
        label=gettext_lazy("Countries"),
        longest=300,
        required=False,
        help_text=gettext_lazy("ISO codes, such as ZA, MZ."),
    )
    provinces = forms.CharField(
        label=gettext_lazy("Count provinces"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One on each line. Then registration asks for them, and the results count them. Empty: nobody is asked."
        ),
    )
    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Colour"),
        initial="#1f5f8b",
        widget=forms.TextInput(attrs={"type": "color"}),
        error_messages={"invalid": gettext_lazy("Give the colour as #1f5f8b.")},
    )
    contact = forms.EmailField(label=gettext_lazy("Contact address"), required=False)
    discusses_at = WebAddress(
        label=gettext_lazy("Where it discusses"),
        required=False,
        help_text=gettext_lazy("A forum, list or group page elsewhere."),
    )

    def __init__(self, *args: Any, community: Community | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.community = community
        given = [tag for name in WORDS for tag in getattr(community, name)] if community else []
        self.tongues = tongues(given)
        words_fields(self, "name", _("Name"), self.tongues)
        words_fields(self, "summary", _("In a few words"), self.tongues, rows=3)
        words_fields(self, "agenda", _("What it wants to learn"), self.tongues, rows=5)
        words_fields(self, "rhythm", _("How often it meets"), self.tongues)
        words_fields(self, "discussing", _("How to join the discussion"), self.tongues, rows=3)
        words_fields(self, "eligibility", _("Who may join"), self.tongues, rows=3)
        words_fields(self, "questions", _("Questions to who asks"), self.tongues, rows=3)
        if community:
            del self.fields["slug"]

    @staticmethod
    def initial_of(community: Community) -> dict[str, Any]:
        """Return what the form shows of `community`."""
        found = {name: getattr(community, name) for name in PLAIN} | {
            "countries": ", ".join(community.countries),
            "provinces": "\n".join(community.provinces),
        }
        for name in WORDS:
            found |= {f"{name}_{tag}": text for tag, text in getattr(community, name).items()}
        return found

    def words(self) -> list[forms.BoundField]:
        """The name and the summary, language by language."""
        return [self[f"{name}_{tag}"] for tag, _spoken in self.tongues for name in FIRST]

    def worded(self) -> dict[str, list[forms.BoundField]]:
        """The fields of each of the other words, in each language."""
        return {name: [self[f"{name}_{tag}"] for tag, _spoken in self.tongues] for name in LATER}

    def clean_slug(self) -> str:
        """Return the short name, if no other community has it."""
        slug = str(self.cleaned_data["slug"]).lower()
        if (
            slug == "new" or Community.objects.filter(slug=slug).exists()
        ):  # /organise/communities/new/ makes one
            raise ValidationError(_("Another community is called “%(slug)s”."), "taken", {"slug": slug})
        return slug

    def clean_countries(self) -> list[str]:
        """Return ISO 3166 codes; a word that is none is named."""
        territories = locale_of(get_language() or "en").territories
        codes = [code.upper() for code in re.split(r"[\s,;]+", self.cleaned_data["countries"]) if code]
        for code in codes:
            if len(code) != 2 or code not in territories:
                raise ValidationError(
                    _("“%(code)s” is not a country code. Write two letters, such as ZA."),
                    "code",
                    {"code": code},
                )
        return list(dict.fromkeys(codes))

    def clean_provinces(self) -> list[str]:
        """Return the names, each once; none, or several to choose from."""
        names = [" ".join(line.split()) for line in self.cleaned_data["provinces"].splitlines()]
        found = list(dict.fromkeys(name for name in names if name))
        if len(found) == 1:
            raise ValidationError(_("Give at least two provinces, one on each line."))
        if len(found) > MOST_PROVINCES or any(len(name) > LONGEST_PROVINCE for name in found):
            words = _("Give at most %(n)d answers of at most %(long)d characters each.")
            raise ValidationError(words, "long", {"n": MOST_PROVINCES, "long": LONGEST_PROVINCE})
        return found

    def clean_accent(self) -> str:
        """Return the colour in small letters."""
        return str(self.cleaned_data["accent"]).lower()

    def clean(self) -> dict[str, Any]:
        """A community has a name in one language at least."""
        data = super().clean() or {}
        names = [f"name_{tag}" for tag, _spoken in self.tongues]
        if not any(data.get(name) or name in self.errors for name in names):
            self.add_error(names[0], _("Give a name."))
        for tag, _spoken in self.tongues:
            if len(questions_of({tag: data.get(f"questions_{tag}", "")}, tag)) > MOST_QUESTIONS:
                words = _("Ask at most %(most)d questions, one on each line.") % {"most": MOST_QUESTIONS}
                self.add_error(f"questions_{tag}", words)
            for name in WORDS:
                if len(data.get(f"{name}_{tag}") or "") > LONGEST_WORDS:
                    words = _("Use at most %(most)d characters.") % {"most": LONGEST_WORDS}
                    self.add_error(f"{name}_{tag}", words)
        data["takes"] = data.get("takes") or Takes.PEOPLE
        main = data.get("language")
        data["languages"] = [tag for tag in data.get("languages") or [] if tag != main]
        return data

    def columns(self) -> dict[str, Any]:
        """Return the community's columns, without its short name."""
        data = self.cleaned_data
        words = {name: words_of(data, name) for name in WORDS}
        return {name: data[name] for name in PLAIN} | words


class MemberForm(forms.Form):
    """One more member, or another role for one who is there."""

    name = Short(label=gettext_lazy("Name"), longest=200, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        error_messages={
            "required": gettext_lazy("Give an e-mail address."),
            "invalid": gettext_lazy("Give an e-mail address such as name@example.org."),
        },
    )
    zone = ZoneChoice(label=gettext_lazy("City"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.MEMBER)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class PasteForm(forms.Form):
    """A list of members: one on each line, `Name <address>` or an address, then perhaps a city's zone."""

    people = forms.CharField(
        label=gettext_lazy("List of members"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("One on each line: Amina Diallo <amina@example.org>, or only the address."),
        error_messages={"required": gettext_lazy("Paste at least one address.")},
    )

    def clean_people(self) -> list[tuple[str, str]]:
        """Return (name, address) of each line; the first line that is neither is named."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["people"].splitlines(), 1):
            words = line.strip().strip(",;")
            if not words:
                continue
            match = re.fullmatch(r"(?:(?P<name>[^<>@]*?)[\s,;]*)<?(?P<email>[^\s<>,;]+@[^\s<>,;]+)>?", words)
            email = match["email"].lower() if match else ""
            try:
                validate_email(email)
            except ValidationError as error:
                message = _("Line %(number)d, “%(line)s”: write Name <name@example.org>.")
                raise ValidationError(message, "line", {"number": number, "line": words[:60]}) from error
            found[email] = (match["name"] or "").strip().strip('"')[:200] if match else ""
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(_("Paste at most %(most)d at once."), "many", {"most": MOST_AT_ONCE})
        return [(name, email) for email, name in found.items()]
