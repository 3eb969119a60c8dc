"""What organisers may type into the fields of series and sessions. Each check returns messages by field, or none."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from seminars.people.membership.models import Cohort
from seminars.series.models import Audience, Series
from seminars.sessions import dialling
from seminars.words import Words

TITLE = 200
ABSTRACT = 20_000
LONGEST_DOORS = 120  # minutes
LINKS = ("join_url", "view_url", "source_url")


def as_words(given: str | Words | None, language: str) -> dict[str, str]:
    """Return words by language: a plain text is in `language`; blank ones are left out."""
    texts = {language: given} if isinstance(given, str) else dict(given or {})
    return {tag: text.strip() for tag, text in texts.items() if text and text.strip()}


def wrong_words(values: Mapping[str, Any], *, titled: bool) -> dict[str, str]:
    """Check `title` and `abstract` where they are given. titled: whether a title must be there."""
    wrong = {}
    title = values.get("title")
    if titled and title is not None and not title:
        wrong["title"] = _("Give a title.")
    for name, most in (("title", TITLE), ("abstract", ABSTRACT)):
        longest = max((len(text) for text in (values.get(name) or {}).values()), default=0)
        if longest > most:
            wrong[name] = _("Use at most %(most)d characters; these are %(length)d.") % {
                "most": most,
                "length": longest,
            }
    return wrong


def wrong_links(values: Mapping[str, Any]) -> dict[str, str]:
    """Check the ways in that are given: links open in a browser, numbers can be dialled, doors open in time."""
    wrong = {}
    for name in LINKS:
        link = values.get(name)
        if link and not _is_web(link):
            wrong[name] = _("Give a link that begins with https:// or http://.")
    return wrong | _wrong_doors(values)


def _wrong_doors(values: Mapping[str, Any]) -> dict[str, str]:
    wrong = {}
    if (doors := values.get("doors")) is not None and not 0 <= doors <= LONGEST_DOORS:
        words = _("Doors open at most %(most)d minutes before the start.")
        wrong["doors"] = words % {"most": LONGEST_DOORS}
    try:
        dialling.parse(values.get("dial_in") or "")
    except dialling.NotANumber as refused:
        wrong["dial_in"] = str(refused)
    return wrong


def wrong_cohort(series: Series, audience: str) -> dict[str, str]:
    """Check that an audience of one cohort has one, of the series' own community."""
    if (
        series.cohort_id
        and not Cohort.objects.filter(pk=series.cohort_id, community_id=series.community_id).exists()
    ):
        return {"cohort_id": _("Choose a cohort of this community.")}
    if audience == Audience.COHORT and not series.cohort_id:
        return {"audience": _("Choose the cohort too: a series is for one of them.")}
    return {}


def wrong_columns(row: Model, names: Iterable[str]) -> dict[str, str]:
    """Check the columns `names` of `row` as the model says: lengths, choices, zones."""
    others = {field.name for field in row._meta.fields} - set(names)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        return {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return {}


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, link))
    except ValueError:
        return False
