"""Feeds chosen by what sessions are: topic, speaker, language, community, series, archive, others' events, words.

A value is taken once something public has it, and from then on for ever: a calendar that somebody follows may turn
empty, but it never turns into an error. Of several values of one field any counts; of several fields all do.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from seminars.calendars import searching
from seminars.calendars.models import KnownValue
from seminars.changes.models import Version
from seminars.changes.recording import SITE
from seminars.people.models import Community, Person
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.series.topics.models import TopicSlug
from seminars.sessions.models import Material, MaterialState, Session, SessionQuerySet
from seminars.sessions.revising import ONLY
from seminars.sessions.state import HEARD
from seminars.sessions.topics import about, topics_seen_by

FIELDS = ("community", "language", "only", "q", "series", "speaker", "topic")
MOST = 20
"""Values of one address: each costs a look at its counter in every poll."""
SHOWN = 50

Pairs = tuple[tuple[str, str], ...]
"""(field, value), in order, each once."""


@dataclass
class WrongValue(Exception):
    """Nothing public ever had this value. `allowed`: some of those that do."""

    field: str
    value: str
    allowed: list[str]


class NoWord(Exception):
    """A search without a word in it."""


class TooMany(Exception):
    """More than `MOST` values."""


def asked(given: Mapping[str, Iterable[str]]) -> Pairs:
    """Return the filter in an address: its values by name; names that are not ours are ignored. Raises TooMany, NoWord.

    A search is one value: its words in one order, however they were written. A value of any other field holds several
    with commas between, as a form that repeats a field does without.
    """
    found = {
        (field, value.strip().lower().replace("\0", "\ufffd")[:60])  # PostgreSQL cannot be asked for a NUL
        for field in FIELDS
        if field != "q"
        for text in given.get(field, ())
        for value in text[:2000].split(",")
        if value.strip()
    }
    if len(found) > MOST:
        raise TooMany
    if text := " ".join(given.get("q", ())).strip():
        if not (words := searching.question(text)):
            raise NoWord
        found.add(("q", words))
    return tuple(sorted(found))


def name_of(pairs: Pairs) -> str:
    """Return the filter as one text, such as `language=fr&topic=savings`; the same for every order of the same."""
    return urlencode(pairs)


def pairs_of(name: str) -> Pairs:
    """Return what `name_of` was given."""
    return tuple(parse_qsl(name))


def check(pairs: Pairs) -> Pairs:
    """Return the values that are not kept yet (see `remember`); words need not be.

    Raises WrongValue for a value that nothing public has or had.
    """
    known = set(KnownValue.objects.filter(value__in=[v for _f, v in pairs]).values_list("field", "value"))
    fresh = tuple(pair for pair in pairs if pair[0] != "q" and pair not in known)
    for field, value in fresh:
        if not _is_public(field, value):
            raise WrongValue(field, value, allowed(field))
    return fresh


def remember(pairs: Pairs) -> None:
    """Keep the values, so that addresses with them answer for ever. Where it cannot be written nothing is lost yet."""
    if not pairs:
        return  # most polls: not even a transaction
    rows = [KnownValue(field=field, value=value) for field, value in pairs]
    with suppress(DatabaseError), transaction.atomic():
        KnownValue.objects.bulk_create(rows, ignore_conflicts=True)


def allowed(field: str) -> list[str]:
    """Return values that something public has, at most 50 of them; speakers by none, as they are too many to tell."""
    public = Session.objects.visible_to(NOBODY).filter(withdrawn_at=None).order_by()
    values: Iterable[str] = []
    if field == "community":
        values = Community.objects.visible_to(NOBODY).values_list("slug", flat=True)
    elif field == "series":
        values = Series.objects.visible_to(NOBODY).values_list("slug", flat=True)
    elif field == "language":
        values = public.values_list("language", flat=True).distinct()
    elif field == "topic":
        values = TopicSlug.objects.filter(topic__in=topics_seen_by(NOBODY)).values_list("slug", flat=True)
    elif field == "only":
        values = ONLY
    return sorted(values)[:SHOWN]


def choose(pairs: Pairs, public: SessionQuerySet) -> SessionQuerySet:
    """Return those of `public` that the filter names."""
    for field in sorted(
        dict(pairs), key=lambda name: name == "q"
    ):  # words last: they are looked for in what is left
        values = [value for name, value in pairs if name == field]
        found = (
            Q(pk__in=[0, *searching.matching(public, values[0])]) if field == "q" else _meaning(field, values)
        )
        public = public.filter(found)
    return public


def counters(pairs: Pairs) -> dict[str, Subquery]:
    """Return a column for each value, with the counter of changes that touch its sessions."""
    return {f"part_{place}": _counter(field, value) for place, (field, value) in enumerate(pairs)}


def total(pairs: Pairs) -> int:
    """Return the sum of those columns: it rises when any does, and none ever falls."""
    versions: QuerySet[Any] = Version.objects.order_by("pk")
    row = versions.values(**counters(pairs)).first() or {}
    return sum(number or 0 for number in row.values())


def _is_public(field: str, value: str) -> bool:
    """Whether something that strangers may see has the value; what only others may see does not exist here."""
    if field == "speaker":
        return has_appeared(value)
    if field == "topic":
        kept = TopicSlug.objects.filter(slug=value).values_list("topic_id", flat=True).first()
        return kept in topics_seen_by(NOBODY)
    if field == "community":
        return Community.objects.visible_to(NOBODY).filter(slug=value).exists()
    if field == "series":
        return Series.objects.visible_to(NOBODY).filter(slug=value).exists()
    return value in allowed(field)


def has_appeared(uuid: str) -> bool:
    """Whether a person (their uuid as text) appears at a session that strangers may see."""
    if not _is_uuid(uuid):
        return False
    public = Session.objects.visible_to(NOBODY).filter(withdrawn_at=None)
    return public.filter(speakers__person__uuid=uuid).exists()


def _is_uuid(text: str) -> bool:
    """Whether it is one as addresses show it: of all ways to write it, only that one is a key."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _meaning(field: str, values: list[str]) -> Q:
    if field == "community":
        return Q(series__community__slug__in=values)
    if field == "series":
        return Q(series__slug__in=values)
    if field == "language":
        return Q(language__in=values)
    if field == "topic":
        return about(TopicSlug.objects.filter(slug__in=values).values_list("topic_id", flat=True))
    if field == "speaker":
        known = [value for value in values if _is_uuid(value)]
        spoken = Person.objects.filter(uuid__in=known).values("appearances__session")
        return Q(pk__in=spoken.filter(appearances__isnull=False))
    heard = Material.objects.filter(session=OuterRef("pk"), kind__in=HEARD, state=MaterialState.PUBLISHED)
    meanings = {"archive": Q(Exists(heard)), "external": Q(series__external=True)}
    found = Q(pk__in=[])
    for value in values:
        found |= meanings.get(value, Q(pk__in=[]))
    return found


def _counter(field: str, value: str) -> Subquery:
    """The number of the scope that `sessions.revising` raises; of what has a short name, by its row."""
    rows: dict[str, QuerySet[TopicSlug] | QuerySet[Community] | QuerySet[Series] | QuerySet[Person]] = {
        "topic": TopicSlug.objects.filter(slug=value),
        "community": Community.objects.filter(slug=value),
        "series": Series.objects.filter(slug=value),
        "speaker": Person.objects.filter(uuid=value) if _is_uuid(value) else Person.objects.none(),
    }
    scope: Value | Concat = Value(SITE if field == "q" else f"{field}:{value}")
    if field in rows:
        pk = Subquery(rows[field].order_by().values("topic_id" if field == "topic" else "pk")[:1])
        scope = Concat(Value(f"{field}:"), Cast(pk, CharField()), output_field=CharField())
    return Subquery(Version.objects.filter(scope=scope).values("number")[:1])
