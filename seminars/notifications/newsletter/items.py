"""What an issue is made of: things of the calendar, the archive and the lists, and what the editor did with them.

Plain data. An item holds its words and times as they were, so that it needs no other row to be told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seminars.notifications.seeing import Seen, seen

PICKS = "picks"
SECTIONS: dict[str, str | Promise] = {
    PICKS: _("Picked for you"),
    "changed": _("Moved or cancelled"),
    "coming": _("Coming sessions"),
    "ready": _("New in the archive"),
    "deadlines": _("Deadlines soon"),
    "resources": _("Shared by members"),
    "suggestions": _("Topics you can vote for"),
}


@dataclass(frozen=True)
class Item:
    """One thing. ref: its kind and key, such as `session:<uid>`. path: below the site, or a whole address.

    title, text, source: words by language. when, was: `seeing.COLUMNS` of a session as JSON. files: columns of its
    materials. due: ISO, by the clock of `zone`. inside: for members only.
    """

    ref: str
    section: str
    title: Mapping[str, str]
    path: str
    source: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    zone: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    was: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Mapping[str, Any]] = ()
    due: str = ""
    votes: int = 0
    inside: bool = False

    def kept(self) -> dict[str, Any]:
        """Return it as JSON holds it; `Item(**kept)` gives it back."""
        return {
            name: value for name, value in asdict(self).items() if value not in ("", 0, False, {}, [], ())
        }

    def seen(self, zone: str, *, before: bool = False) -> Seen | None:
        """Return what a clock in `zone` ("" for its own) shows of it, or showed; None of what has no time."""
        columns = self.was if before else self.when
        return seen({name: _value(name, each) for name, each in columns.items()}, zone) if columns else None


@dataclass(frozen=True)
class Choices:
    """What the editor did: refs left out, pinned, in an order; sessions added by their uid."""

    out: Sequence[str] = ()
    pinned: Sequence[str] = ()
    order: Sequence[str] = ()
    added: Sequence[str] = ()

    def kept(self) -> dict[str, list[str]]:
        """Return them as JSON holds them; `Choices(**kept)` gives them back."""
        return {name: list(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Section:
    """Some items under one heading. more: how many there are beside these."""

    key: str
    items: Sequence[Item]
    more: int = 0

    @property
    def title(self) -> str | Promise:
        """The heading."""
        return SECTIONS[self.key]


def arranged(items: Iterable[Item], choices: Choices) -> list[Item]:
    """Return the items that go out: the pinned ones as picks first, each section in the editor's order."""
    places = {ref: at for at, ref in enumerate(choices.order)}
    kept = [each for each in items if each.ref not in choices.out]
    picked = [replace(each, section=PICKS) if each.ref in choices.pinned else each for each in kept]
    sections = list(SECTIONS)
    return sorted(picked, key=lambda each: (sections.index(each.section), places.get(each.ref, len(places))))


def in_sections(items: Iterable[Item], *, inside: bool, most: int | None = None) -> list[Section]:
    """Return what a reader sees, at most `most` of a section. inside: a member reads."""
    found: dict[str, list[Item]] = {}
    for each in items:
        if inside or not each.inside:
            found.setdefault(each.section, []).append(each)
    return [Section(key, some[:most], max(0, len(some) - len(some[:most]))) for key, some in found.items()]


def _value(name: str, value: Any) -> Any:
    """A column as `seen` takes it, from JSON."""
    if isinstance(value, str) and name in {"starts_at", "ends_at"}:
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name == "local_date":
        return datetime.fromisoformat(value).date()
    return value
