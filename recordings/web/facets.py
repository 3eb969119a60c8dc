"""What narrows the archive down: community, year, language, each as plain links with what they would find."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DateField, QuerySet
from django.db.models.functions import Cast, Coalesce, ExtractYear
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Recording
from seminars.people.models import Community
from seminars.templatetags.meridian import language_name
from seminars.words import say

MOST_CHOICES = 12
LABELS: dict[str, str | Promise] = {
    "community": _("Community"),
    "year": _("Year"),
    "language": _("Language"),
}
COLUMNS = {"community": "session__series__community__slug", "year": "held_year", "language": "spoken"}


@dataclass(frozen=True)
class Choice:
    """One link: its words, how many recordings it leaves, where it leads, and whether it is chosen now."""

    words: str
    count: int
    href: str
    chosen: bool


@dataclass
class Facet:
    """The choices of one kind; `all_href` takes it away again."""

    name: str
    label: str | Promise
    all_href: str
    choices: list[Choice] = field(default_factory=list)
    chosen: bool = False


def with_columns(recordings: QuerySet[Recording]) -> QuerySet[Recording, Any]:
    """Return the recordings with the year they were held in and the language spoken."""
    day = Coalesce(
        "session__local_date", "recorded_on", Cast("published_at", DateField()), output_field=DateField()
    )
    return recordings.annotate(held_year=ExtractYear(day), spoken=Coalesce("session__language", "language"))


def narrowed(recordings: QuerySet[Recording], chosen: Mapping[str, str]) -> QuerySet[Recording, Any]:
    """Return those that are of all chosen values; a year that is no number leaves none."""
    found = with_columns(recordings)
    for name, value in chosen.items():
        if name == "year" and not (value.isascii() and value.isdigit() and len(value) == 4):
            return found.none()
        found = found.filter(**{COLUMNS[name]: value})
    return found


def facets_of(recordings: QuerySet[Recording], chosen: Mapping[str, str], q: str) -> list[Facet]:
    """Return the facets worth showing, in two queries: those with a choice, or with one made.

    recordings: all that the visitor may see. Each count heeds what is chosen in the other facets, but not
    the words `q`: they are shown without them.
    """
    rows = with_columns(recordings).order_by().values_list(*COLUMNS.values()).annotate(number=Count("pk"))
    counted = {name: Counter[str]() for name in COLUMNS}
    for *values, number in rows:
        row = {name: str(value) for name, value in zip(COLUMNS, values, strict=True) if value is not None}
        for name, value in row.items():
            if all(row.get(other) == wanted for other, wanted in chosen.items() if other != name):
                counted[name][value] += number
    names = names_of(counted["community"])
    facets = [facet_of(name, counted[name], chosen, q, names) for name in COLUMNS]
    return [facet for facet in facets if facet.chosen or len(facet.choices) > 1]


def names_of(slugs: Iterable[str]) -> dict[str, str]:
    """Return the communities' names in the page's language."""
    rows = Community.objects.filter(slug__in=list(slugs)).values_list("slug", "name")
    return {slug: say(name, get_language() or "en") or slug for slug, name in rows}


def facet_of(
    name: str, counted: Counter[str], chosen: Mapping[str, str], q: str, names: Mapping[str, str]
) -> Facet:
    """Return one facet: years from the latest, the rest by how much there is; the chosen one is always among them."""
    order = (
        sorted(counted, reverse=True) if name == "year" else [key for key, _number in counted.most_common()]
    )
    now = chosen.get(name, "")
    shown = order[:MOST_CHOICES]
    if now in order and now not in shown:
        shown.append(now)
    others = {key: value for key, value in chosen.items() if key != name}
    facet = Facet(name, LABELS[name], address(q, others), chosen=bool(now))
    for value in shown:
        words = {"community": names.get(value, value), "year": value}.get(name) or str(language_name(value))
        href = address(q, others | {name: value})
        facet.choices.append(Choice(words, counted[value], href, value == now))
    return facet


def address(q: str, chosen: Mapping[str, str], page: int = 1) -> str:
    """Return the query part of an archive address, beginning with "?"."""
    parts = {"q": q, **chosen, "page": str(page) if page > 1 else ""}
    return "?" + urlencode({name: value for name, value in parts.items() if value})
