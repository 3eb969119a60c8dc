"""Lists of addresses that somebody pastes: invitations, and the link of a poll."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.membership.lists import MOST, MOST_BYTES, Bad, Listed, Why, read_csv, read_text

NAMED = 20  # bad lines that are shown whole; of the others the numbers
MOST_AT_ONCE = 200
REASONS = {
    Why.NO_ADDRESS: gettext_lazy("Line %(number)d, “%(line)s”: there is no e-mail address."),
    Why.NOT_ONE: gettext_lazy("Line %(number)d, “%(line)s”: these are several addresses in one place."),
    Why.WRONG: gettext_lazy("Line %(number)d, “%(line)s”: write Name <name@example.org>."),
}


class AddressesForm(forms.Form):
    """Addresses, one on each line. Bad lines are named; the good ones count only if that is asked for."""

    people = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("One on each line: Amina Diallo <amina@example.org>, or only the address."),
        error_messages={"required": gettext_lazy("Paste at least one address.")},
    )
    only_good = forms.BooleanField(
        label=gettext_lazy("Leave the bad lines out and write to the others"), required=False
    )

    most = MOST_AT_ONCE

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_bad_lines = False

    def clean(self) -> dict[str, Any]:
        """Turn the text into (name, address) pairs, each address once."""
        data = super().clean() or {}
        if "people" not in data:
            return data
        listed = self.listed(data)
        self.has_bad_lines = bool(listed.bad)
        if listed.bad and not (data.get("only_good") and listed.good):
            self._name(listed.bad)
        elif len(listed.good) > self.most:
            self.add_error("people", _("Paste at most %(most)d at once.") % {"most": self.most})
        elif not listed.good and not self.errors:
            self.add_error("people", _("Paste at least one address."))
        data["people"] = [(name, email) for email, name in listed.good.items()]
        return data

    def listed(self, data: dict[str, Any]) -> Listed:
        """Return what the pasted lines say."""
        return read_text(data["people"])

    def shown(self) -> Iterable[forms.BoundField]:
        """The fields to show: leaving lines out is offered once there are bad ones."""
        return [field for field in self if field.name != "only_good" or self.has_bad_lines]

    def _name(self, bad: list[Bad]) -> None:
        for each in bad[:NAMED]:
            words = REASONS[each.why] % {"number": each.number, "line": each.text[:60]}
            self.add_error("people", words)
        if rest := bad[NAMED:]:
            words = _("And %(n)d more lines.") % {"n": len(rest)}
            self.add_error("people", f"{words} {', '.join(str(each.number) for each in rest)}")


class FileFields(forms.Form):
    """A CSV file beside the pasted lines. What a browser sent once is not sent again: it is kept as lines."""

    file = forms.FileField(
        label=gettext_lazy("Or a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        help_text=gettext_lazy(
            "Saved from a spreadsheet, with a column for the address; at most 10,000 lines."
        ),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another one.")},
    )


class ListForm(AddressesForm, FileFields):
    """People in pasted lines, or in a file."""

    field_order = ["people", "file", "only_good"]
    most = MOST

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].required = False
        self.kept: list[str] = []

    def clean_file(self) -> Any:
        """Refuse what is no list."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 4 MB. Split it."))
        return file

    def listed(self, data: dict[str, Any]) -> Listed:
        """Return what the lines and the file say together."""
        found = read_text(data["people"])
        if file := data.get("file"):
            table = read_csv(file.read())
            for email, name in table.good.items():
                found.keep(name, email)
            found.bad += table.bad
            self.kept = [data["people"].rstrip(), *map(_line, table.good.items())]
            self.kept += [each.text for each in table.bad]
        return found

    def clean(self) -> dict[str, Any]:
        """Keep what a file said in the lines where something is to be changed: no browser sends a file twice."""
        data = super().clean()
        if self.errors and self.kept:
            sent: Any = self.data
            sent = sent.copy()
            sent["people"] = "\n".join(filter(None, self.kept))
            self.data = sent
        return data


def _line(person: tuple[str, str]) -> str:
    email, name = person
    plain = name.replace('"', "")
    return f'"{plain}" <{email}>' if plain else email


class InviteForm(ListForm):
    """Invite by mail."""

    field_order = ["people", "file", "only_good", "role", "language"]
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
