"""Whose calendar: the site's, a community's, a filter's, a person's …; who may have it, and at which version.

Public ones are made for somebody who is not signed in; only a personal one holds what its person may see.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, JSONObject

from seminars.calendars import filters, prepared
from seminars.calendars.belonging import counters_of_sessions, counters_of_tasks, sessions_of_person
from seminars.calendars.models import Calendar, Feed, FeedToken
from seminars.calendars.subjects import path_of_filter
from seminars.changes.models import Version
from seminars.changes.recording import SITE
from seminars.people.models import Community
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.sessions.models import Precision, Session


class Missing(Exception):
    """There is no such calendar, or not for everybody; the two are not told apart."""


class Revoked(Exception):
    """The secret address was replaced by another."""


class Kind(StrEnum):
    """Whose calendar it is."""

    SITE = "site"
    COMMUNITY = "community"
    SERIES = "series"
    SESSION = "session"
    FILTER = "filter"
    PERSONAL = "me"
    TASKS = "tasks"


@dataclass(frozen=True)
class Options:
    """What the address asks for: all of the past; a language ("" for the scope's own); every time in UTC; reminders.

    alarms: minutes before the start. They are put in when it is sent, so every choice of them shares the same bytes.
    """

    everything: bool = False
    language: str = ""
    utc: bool = False
    alarms: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scope:
    """A calendar: `name` is a slug, of a filter its values, of a personal one its secret token, of the site nothing."""

    kind: Kind
    name: str = ""
    options: Options = Options()

    @cached_property
    def key(self) -> str:
        """The feed's key: from the address alone, without the database; a token's digest stands for the token."""
        name = self.name
        if self.private or (self.kind == Kind.FILTER and len(name) > 50):
            name = digest_of(name)[:40]
        past = "all" if self.options.everything else ""
        return "|".join([self.kind, name, past, self.options.language, "utc" if self.options.utc else ""])

    @property
    def private(self) -> bool:
        """Whether only its person may keep it."""
        return self.kind in {Kind.PERSONAL, Kind.TASKS}

    @cached_property
    def pairs(self) -> filters.Pairs:
        """What a filter asks for; nothing for all others."""
        return filters.pairs_of(self.name) if self.kind == Kind.FILTER else ()


def digest_of(token: str) -> str:
    """Return what a secret token is looked up by: how long the look takes tells nothing of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Row:
    """What the database remembers of the bytes last made."""

    id: int
    version: str
    stamp: str
    etag: str
    file: str
    changed_at: datetime
    good_until: datetime | None


@dataclass(frozen=True)
class Look:
    """One glance: the version of the facts now, and the bytes last made, if any. `user_id` of a personal calendar."""

    version: str
    row: Row | None
    user_id: int | None = None


def look(scope: Scope) -> Look:
    """Return what one query tells of a calendar. Raises Missing, Revoked, and DatabaseError."""
    if scope.kind == Kind.SITE:
        return _look_at_site(scope)
    if scope.private:
        return _look_at_person(scope)
    if scope.kind == Kind.FILTER:
        return _look_at_filter(scope)
    return _look_at(scope)


def dated(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return those that a calendar can show: published, with a day or a week."""
    known = sessions.filter(published_at__isnull=False, starts_at__isnull=False)
    return known.exclude(precision=Precision.NONE)


def sessions_of(scope: Scope, user_id: int | None) -> QuerySet[Session]:
    """Return the sessions that belong into a calendar and may be seen by those who read it."""
    if scope.kind == Kind.PERSONAL:
        return dated(sessions_of_person(user_id))
    public = dated(Session.objects.visible_to(NOBODY))
    if scope.kind == Kind.COMMUNITY:
        return public.filter(series__community__slug=scope.name)
    if scope.kind == Kind.SERIES:
        return public.filter(series__slug=scope.name)
    if scope.kind == Kind.FILTER:
        return dated(filters.choose(scope.pairs, Session.objects.visible_to(NOBODY)))
    return public.filter(slug=scope.name) if scope.kind == Kind.SESSION else public


def place_of(scope: Scope) -> tuple[str, list[tuple[str, str]]]:
    """Return where a calendar is below MERIDIAN_URL, without its options, and what a filter asks for behind it."""
    if scope.kind == Kind.FILTER:
        return path_of_filter(scope.pairs)
    paths = {
        Kind.SITE: "/calendar.ics",
        Kind.COMMUNITY: f"/communities/{scope.name}/calendar.ics",
        Kind.SERIES: f"/series/{scope.name}/calendar.ics",
        Kind.SESSION: f"/sessions/{scope.name}/session.ics",
        Kind.PERSONAL: f"/me/calendar/{scope.name}.ics",
        Kind.TASKS: f"/me/tasks/{scope.name}.ics",
    }
    return paths[scope.kind], []


def calendars_under(token: str) -> list[Scope]:
    """Return every calendar that exists under a secret token, so that all of its bytes can be removed."""
    languages = ["", *(code for code, _ in settings.LANGUAGES)]
    return [
        Scope(kind, token, Options(everything, language, utc))
        for kind in (Kind.PERSONAL, Kind.TASKS)
        for everything in (False, True)
        for language in languages
        for utc in (False, True)
    ]


_COLUMNS = ("id", "version", "stamp", "etag", "file", "changed_at", "good_until")


def _look_at(scope: Scope) -> Look:
    builds = {Kind.COMMUNITY: _community, Kind.SERIES: _series, Kind.SESSION: _session}
    values = prepared.first(builds[scope.kind], scope.name, scope.key)
    if values is None:
        raise Missing(scope.key)
    row = _row(values.pop("feed"))
    return Look(".".join(str(values[name] or 0) for name in sorted(values)), row)


def _community(name: str, key: str) -> QuerySet[Any]:
    found = Community.objects.visible_to(NOBODY).filter(slug=name)
    return found.values(version_0=_counted("community", "pk"), feed=_feed_of(key))


def _series(name: str, key: str) -> QuerySet[Any]:
    found = Series.objects.visible_to(NOBODY).filter(slug=name)
    versions = {"version_0": _counted("series", "pk"), "version_1": _counted("community", "community_id")}
    return found.values(**versions, feed=_feed_of(key))


def _session(name: str, key: str) -> QuerySet[Any]:
    found = dated(Session.objects.visible_to(NOBODY)).filter(slug=name)
    community = _counted("community", "series__community_id")
    versions = {"version_0": _counted("series", "series_id"), "version_1": community}
    return found.values(**versions, feed=_feed_of(key))


def _site(name: str, key: str) -> QuerySet[Any]:
    version = Version.objects.filter(scope=name).values("number")[:1]
    feeds: QuerySet[Any] = Feed.objects.filter(key=key)
    return feeds.values(*_COLUMNS, site=Subquery(version))


def _look_at_site(scope: Scope) -> Look:
    values = prepared.first(_site, SITE, scope.key)
    if values is not None:
        return Look(str(values.pop("site") or 0), _row(values))
    number = Version.objects.filter(scope=SITE).values_list("number", flat=True).first()
    return Look(str(number or 0), None)


def _look_at_filter(scope: Scope) -> Look:
    """One query where it was ever served; only else are the values looked up. Raises filters.WrongValue."""
    pairs = scope.pairs
    values = prepared.first(_filter, "", scope.key, pairs)
    if values is not None:
        return Look(_summed(values), _row(values))
    fresh = filters.check(pairs)
    number = filters.total(pairs)
    filters.remember(fresh)
    return Look(str(number), None)


def _filter(_name: str, key: str, pairs: filters.Pairs) -> QuerySet[Any]:
    feeds: QuerySet[Any] = Feed.objects.filter(key=key)
    return feeds.values(*_COLUMNS, **filters.counters(pairs))


def _look_at_person(scope: Scope) -> Look:
    """What somebody belongs to is counted, and their own joining, leaving and being invited."""
    values = _values_of_token(scope)
    if values is None:
        raise Missing(scope.kind)
    if values["revoked_at"] is not None:
        raise Revoked
    feed, user_id = _row(values["feed"]), values["user_id"]
    parts = [values[name] or 0 for name in sorted(values) if name.startswith("part_")]
    return Look(".".join(map(str, parts)), feed, user_id)


def _values_of_token(scope: Scope) -> dict[str, Any] | None:
    """By its digest, and then compared in a time that does not tell where two differ."""
    build, digest = (_tasks if scope.kind == Kind.TASKS else _personal), digest_of(scope.name)
    found = prepared.first(build, digest, scope.key)
    if found is None or not secrets.compare_digest(found["token"], scope.name):
        return None
    return found


def _personal(digest: str, key: str) -> QuerySet[Any]:
    return _tokens(Calendar.SESSIONS, digest).values(
        *("token", "revoked_at", "user_id"), feed=_feed_of(key), **counters_of_sessions()
    )


def _tasks(digest: str, key: str) -> QuerySet[Any]:
    return _tokens(Calendar.TASKS, digest).values(
        *("token", "revoked_at", "user_id"), feed=_feed_of(key), **counters_of_tasks()
    )


def _tokens(calendar: Calendar, digest: str) -> QuerySet[Any]:
    # One that was ended says so for ever, though whose it was may be forgotten by now.
    answers = Q(user__is_active=True) | Q(revoked_at__isnull=False)
    return FeedToken.objects.filter(answers, calendar=calendar, digest=digest)


def _summed(values: dict[str, Any]) -> str:
    """The counters of several parts as one: none of them ever falls, so it rises when any does."""
    names = [name for name in values if name.startswith("part_")]
    return str(sum(values.pop(name) or 0 for name in names))


def _feed_of(key: str) -> Subquery:
    """The row as one value: a subquery for each column would cost more than all the rest of a poll."""
    row = JSONObject(**{name: name for name in _COLUMNS})
    return Subquery(Feed.objects.filter(key=key).values(row=row)[:1])


def _counted(area: str, column: str) -> Subquery:
    name: Combinable = Concat(
        Value(f"{area}:"), Cast(OuterRef(column), CharField()), output_field=CharField()
    )
    return Subquery(Version.objects.filter(scope=name).values("number")[:1])


def _row(feed: str | dict[str, Any] | None) -> Row | None:
    """Of columns, or of JSON: SQLite's driver gives it as text, which is mostly the one of the poll before."""
    if isinstance(feed, str):
        return _read(feed)
    if feed is None:
        return None
    return Row(**feed | {name: _moment(feed[name]) for name in ("changed_at", "good_until")})


@lru_cache(maxsize=4096)
def _read(feed: str) -> Row | None:
    return _row(prepared.object_of(feed))


def _moment(stored: str | datetime | None) -> datetime | None:
    """A time out of JSON: with its offset from PostgreSQL, without it, in UTC, from SQLite."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
