"""What narrows the archive down, as plain links with what each would leave; what is chosen can be taken away again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recordings.search.narrowing import FACETS, NAMED, YES, Archive, Names
from seminars.templatetags.meridian import country_name, language_name
from seminars.words import say

MOST_CHOICES = 12
LONGEST, LONGEST_QUESTION = 60, 10_000  # characters of a value, and of what is asked
LABELS: dict[str, str | Promise] = {
    "topic": _("Topic"),
    "community": _("Community"),
    "series": _("Series"),
    "language": _("Language"),
    "country": _("Country"),
    "year": _("Year"),
    "length": _("Length"),
}
LENGTHS: dict[str, str | Promise] = {
    "short": _("Under 30 minutes"),
    "medium": _("30 to 60 minutes"),
    "long": _("Over an hour"),
}
THERE: dict[str, str | Promise] = {"captions": _("Captions"), "slides": _("Slides"), "paper": _("Paper")}


@dataclass(frozen=True)
class Choice:
    """One link: its words, how many recordings it leaves, where it leads, and whether it is chosen now.

    A chosen one leads to where it is not.
    """

    words: str
    count: int
    href: str
    chosen: bool


@dataclass
class Facet:
    """The choices of one kind."""

    name: str
    label: str | Promise
    choices: list[Choice] = field(default_factory=list)


def chosen_in(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what a query string chooses, in the order of the facets."""
    return {name: value[:LONGEST] for name in FACETS if (value := asked.get(name, "").strip())}


def asked_in(query: Mapping[str, str]) -> tuple[str, dict[str, str], bool]:
    """Return the words of a query string, its choices, and whether the words are to be taken as typed."""
    q = " ".join(query.get("q", "")[:LONGEST_QUESTION].split())
    return q, chosen_in(query), query.get("as") == "typed"


def facets_of(
    counts: Mapping[str, Counter[str]], names: Names, chosen: Mapping[str, str], q: str
) -> list[Facet]:
    """Return the facets worth showing: those with a choice.

    counts: as `narrowing.narrow` returns them, so each heeds the words and what is chosen in the other facets.
    """
    found = [facet_of(name, counts[name], names, chosen, q) for name in LABELS]
    there = Facet("with", _("With"))
    for name in THERE:
        there.choices += facet_of(name, counts[name], names, chosen, q).choices
    return [each for each in [*found, there] if len(each.choices) > 1 or (each is there and each.choices)]


def facet_of(name: str, counts: Counter[str], names: Names, chosen: Mapping[str, str], q: str) -> Facet:
    """Return one facet: years from the latest, lengths from the shortest, the rest by how much there is."""
    now = names.keys.get((name, chosen.get(name, "")), "") if name in NAMED else chosen.get(name, "")
    order = [key for key, _number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    if name == "year":
        order.sort(reverse=True)
    if name == "length":
        order = [each for each in LENGTHS if each in counts]
    shown = order[:MOST_CHOICES]
    if now in order and now not in shown:
        shown.append(now)
    others = {key: value for key, value in chosen.items() if key != name}
    facet = Facet(name, LABELS.get(name, ""))
    for key in shown:
        slug = names.words[name, key][0] if (name, key) in names.words else key
        href = address(q, others if key == now else chosen_with(chosen, name, slug))
        facet.choices.append(Choice(words_of(name, key, names), counts[key], href, key == now))
    return facet


def chosen_with(chosen: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    """Return the choices with one more, in the order of the facets: one address for the same choices."""
    more = {**chosen, name: value}
    return {each: more[each] for each in FACETS if each in more}


def chips_of(archive: Archive, chosen: Mapping[str, str], q: str) -> list[Choice]:
    """Return what is chosen, each with the address without it; what nothing visible is of is said as it was asked."""
    found = []
    names = archive.names if chosen else Names()
    for name, value in chosen.items():
        key = names.keys.get((name, value), "") if name in NAMED else value
        there = any(key in each.values[FACETS.index(name)] for each in archive.facts.values())
        others = {other: each for other, each in chosen.items() if other != name}
        words = words_of(name, key, names) if there or name in THERE else value
        found.append(Choice(words, 0, address(q, others), True))
    return found


def words_of(name: str, key: str, names: Names) -> str:
    """Return a value in words of the page's language."""
    if (name, key) in names.words:
        slug, words = names.words[name, key]
        return say(words, get_language() or "en") or slug
    if name == "language":
        return str(language_name(key))
    if name == "country":
        return str(country_name(key.upper()))
    if name in THERE and key == YES:
        return str(THERE[name])
    return str(LENGTHS.get(key, key)) if name == "length" else key


def address(q: str, chosen: Mapping[str, str], page: int = 1, *, as_typed: bool = False) -> str:
    """Return the query part of an archive address, beginning with "?"."""
    parts = {"q": q, "as": "typed" if as_typed else "", **chosen, "page": str(page) if page > 1 else ""}
    return "?" + urlencode({name: value for name, value in parts.items() if value})
