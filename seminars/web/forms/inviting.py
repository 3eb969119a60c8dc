"""Lists of addresses that somebody pastes: invitations, and the link of a poll."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.addresses import is_address
from seminars.series.inviting.inviting import MOST_AT_ONCE

NAMED = 20  # bad lines that are shown
_LINE = re.compile(r"(?:(?P<name>[^<>@]*?)[\s,;]*)<?(?P<email>[^\s<>,;]+@[^\s<>,;]+)>?")
Person = tuple[str, str]


def read_line(line: str) -> Person | None:
    """Return (name, address) of `Name <address>` or of an address; None for anything else."""
    found = _LINE.fullmatch(line.strip().strip(",;"))
    email = found["email"].lower() if found else ""
    if not found or not is_address(email):
        return None
    return (found["name"] or "").strip().strip('"')[:200], email


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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_bad_lines = False

    def clean(self) -> dict[str, Any]:
        """Turn the text into (name, address) pairs, each address once."""
        data = super().clean() or {}
        if "people" not in data:
            return data
        good: dict[str, str] = {}
        bad: list[tuple[int, str]] = []
        for number, line in enumerate(data["people"].splitlines(), 1):
            if not line.strip().strip(",;"):
                continue
            if (read := read_line(line)) is None:
                bad.append((number, line.strip()))
            else:
                good[read[1]] = read[0]
        self.has_bad_lines = bool(bad)
        if bad and not (data.get("only_good") and good):
            self._name(bad)
        elif len(good) > MOST_AT_ONCE:
            self.add_error("people", _("Paste at most %(most)d at once.") % {"most": MOST_AT_ONCE})
        elif not good:
            self.add_error("people", _("Paste at least one address."))
        data["people"] = [(name, email) for email, name in good.items()]
        return data

    def shown(self) -> Iterable[forms.BoundField]:
        """The fields to show: leaving lines out is offered once there are bad ones."""
        return [field for field in self if field.name != "only_good" or self.has_bad_lines]

    def _name(self, bad: list[tuple[int, str]]) -> None:
        words = _("Line %(number)d, “%(line)s”: write Name <name@example.org>.")
        for number, line in bad[:NAMED]:
            self.add_error("people", words % {"number": number, "line": line[:60]})
        if len(bad) > NAMED:
            self.add_error("people", _("And %(n)d more lines.") % {"n": len(bad) - NAMED})


class InviteForm(AddressesForm):
    """Invite by mail."""

    field_order = ["people", "only_good", "role", "language"]
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
