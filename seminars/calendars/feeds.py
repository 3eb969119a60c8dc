"""Feeds: made when the facts have changed, kept on disk, and never missing once they were good.

A poll costs one query while nothing has changed. Readers punish errors (one 500, and Thunderbird switches the calendar
off; a damaged body, and it empties it), so on any failure they get the last good bytes.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from seminars.calendars import (
    colours,
    contents,
    editions,
    entries,
    filters,
    ical,
    memory,
    packing,
    prepared,
    scopes,
    shelf,
    stored,
    subjects,
    sweeping,
    tasks,
    turns,
)
from seminars.calendars.editions import Edition
from seminars.calendars.models import Feed
from seminars.calendars.packing import Packed
from seminars.calendars.scopes import Kind, Look, Missing, Revoked, Row, Scope
from seminars.calendars.stored import Row as Shown
from seminars.calendars.wording import address
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.words import say

log = logging.getLogger(__name__)
TRIES = 3
_ALWAYS_THE_SAME = {Kind.SITE, Kind.COMMUNITY, Kind.SERIES}  # what is asked of the database for them


@dataclass(frozen=True)
class Answer:
    """What a poll gets: validators, and the bytes, in memory where they could not be kept.

    changed_at: aware UTC, whole seconds; never falls.
    """

    key: str
    etag: str
    changed_at: datetime
    file: str
    body: bytes | None = None


@dataclass(frozen=True)
class Subject:
    """Whose calendar it is, in words: `page` and `made_at` of the thing, `language` where the address names none.

    busy_at: the sessions that take its person's time.
    """

    name: str
    page: str
    language: str
    about: str = ""
    accent: str = ""
    made_at: datetime | None = None
    single: bool = False
    busy_at: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Made:
    """A calendar as bytes; the latest change in it; until when it holds, if time alone ends that."""

    packed: Packed
    changed_at: datetime | None
    good_until: datetime | None


def answer(scope: Scope, *, now: datetime) -> Answer:
    """Return the calendar as it is now: what was kept while it holds, else made anew; on failure the last good one.

    now: aware UTC. Raises Missing, Revoked, filters.WrongValue, and where there never was a good one
    whatever went wrong.
    """
    glance = None
    try:
        glance = scopes.look(scope)
        if (kept := _kept(scope, glance, now)) is not None:
            return kept
        with turns.waited(scope.key) as others:
            if others:  # made by somebody else meanwhile, and true: we look after our poll began
                glance = scopes.look(scope)
            return _kept(scope, glance, now) or _renew(scope, glance, now)
    except filters.WrongValue:
        raise
    except Missing:
        shelf.remove(scope.key)
        raise
    except Revoked:
        forget(scope.name)
        raise
    except Exception:  # a database that is away, locked or full must not cost anybody their calendar
        if (last := _last_good(scope, glance.row if glance else None)) is None:
            raise
        return last


def standing(scope: Scope, *, now: datetime) -> Answer | None:
    """Return the calendar as it was kept, where it still holds, by one query; else None. Raises what `look` raises.

    now: aware UTC. Whether its files are there is not asked: who reads them will see.
    """
    return _held(scope, scopes.look(scope), now)


def read(found: Answer, *, compressed: bool) -> tuple[bytes, bool]:
    """Return the bytes of an answer, and whether they are compressed (only what lies on disk is)."""
    if found.body is not None:
        return found.body, False
    try:
        return shelf.read(found.key, found.file, compressed=compressed), compressed
    except OSError:  # replaced and removed since; what replaced it is newer
        latest = shelf.latest(found.key)
        if latest is None:
            raise
        return shelf.read(found.key, latest[0], compressed=compressed), compressed


def make(scope: Scope, sessions: Iterable[Session], subject: Subject, *, now: datetime) -> bytes:
    """Return a calendar of these sessions as bytes, without keeping it (for what only some may see)."""
    language, utc = scope.options.language or subject.language, scope.options.utc
    edition = editions.current(entries.stamp(), now=now)
    chosen = Session.objects.filter(pk__in=[session.pk for session in sessions])
    rows = stored.rows(lambda: chosen, language=language, utc=utc, edition=edition)
    rows = stored.freshened(rows, language=language, utc=utc, edition=edition)
    return _join(scope, rows, subject, edition).packed.plain


def forget(token: str) -> None:
    """Remove all bytes ever made for a secret address."""
    for scope in scopes.calendars_under(token):
        shelf.remove(scope.key)


def subject_of_session(session: Session) -> Subject:
    """Return whose calendar a single file is; it has no name, so that it is added and not followed."""
    return Subject("", "", session.language, made_at=session.made_at, single=True)


def _kept(scope: Scope, glance: Look, now: datetime) -> Answer | None:
    found = _held(scope, glance, now)
    return found if found is not None and shelf.holds(scope.key, found.file) else None


def _held(scope: Scope, glance: Look, now: datetime) -> Answer | None:
    row = glance.row
    if row is None or row.version != glance.version or row.stamp != entries.stamp():
        return None
    if row.good_until is not None and row.good_until <= now:
        return None
    return Answer(scope.key, row.etag, row.changed_at, row.file)


def _last_good(scope: Scope, row: Row | None) -> Answer | None:
    """Return the newest bytes on disk, of the row if there is one, and put the exception at hand into the log."""
    log.exception("The calendar %s cannot be made; its last good one stands in.", scope.key)
    if row is not None and shelf.holds(scope.key, row.file):
        return Answer(scope.key, row.etag, row.changed_at, row.file)
    latest = shelf.latest(scope.key)
    if latest is None:
        return None
    name, changed_at = latest
    return Answer(scope.key, _etag(name.removesuffix(".ics").split("-")[-1]), changed_at, name)


def _renew(scope: Scope, glance: Look, now: datetime) -> Answer:
    """Make it and keep it, unless somebody has kept a newer one meanwhile; then look again."""
    for _attempt in range(TRIES):
        made = _compose(scope, glance, now)
        fresh = _validated(scope, glance, made, now)
        if memory.is_tentative() or (glance.row is None and sweeping.is_full(scope)):
            return fresh  # a file outlives what takes its transaction back
        try:
            name = shelf.write(scope.key, glance.version, made.packed, fresh.changed_at)
            fresh = replace(fresh, file=name)
            stored = _store(scope, glance, fresh, made)
        except (OSError, DatabaseError):
            log.exception("The calendar %s cannot be kept; it is served all the same.", scope.key)
            return fresh
        if stored:
            scopes.look(scope)  # closed or revoked while we wrote: it raises, and what we wrote is removed
            _prune(scope, {name, glance.row.file if glance.row else name}, now)
            return replace(fresh, body=None)
        glance = scopes.look(scope)
        if (kept := _kept(scope, glance, now)) is not None:
            return kept
    return fresh


def _prune(scope: Scope, keep: set[str], now: datetime) -> None:
    """Tidy up behind a calendar that is made and kept: if that fails, the new one is served all the same."""
    try:
        shelf.prune(scope.key, keep, now)
    except OSError:
        log.exception("Old files of the calendar %s cannot be removed.", scope.key)


def _validated(scope: Scope, glance: Look, made: Made, now: datetime) -> Answer:
    """With the date of the latest change in it, and always later than what was served before with other bytes."""
    etag = _etag(made.packed.digest)
    changed_at = (made.changed_at or now).replace(microsecond=0)
    if glance.row is not None:
        before = glance.row.changed_at
        changed_at = before if glance.row.etag == etag else max(changed_at, before + timedelta(seconds=1))
    return Answer(scope.key, etag, changed_at, "", made.packed.plain)


def _store(scope: Scope, glance: Look, fresh: Answer, made: Made) -> bool:
    """Point the row at the new bytes; False where it is no longer what we saw: its newer bytes must stay."""
    values = {
        "version": glance.version,
        "stamp": entries.stamp(),
        "etag": fresh.etag,
        "file": fresh.file,
        "changed_at": fresh.changed_at,
        "good_until": made.good_until,
        "name": "" if scope.private else scope.name,
    }
    if (row := glance.row) is not None:
        seen = Feed.objects.filter(pk=row.id, version=row.version, stamp=row.stamp, etag=row.etag)
        return bool(seen.update(**values))
    try:
        with transaction.atomic():
            Feed.objects.create(key=scope.key, **values)
    except IntegrityError:
        return False
    return True


def _compose(scope: Scope, glance: Look, now: datetime) -> Made:
    subject = _subject(scope, glance.user_id)
    language, utc = scope.options.language or subject.language, scope.options.utc
    if scope.kind == Kind.TASKS:
        with translation.override(language):
            facts = _facts(scope, subject, None, False)
            body, *times = tasks.compose(glance.user_id or 0, facts, language=language, now=now)
        return Made(packing.packed(body), *times)
    if scope.kind == Kind.PERSONAL:
        subject = replace(subject, busy_at=stored.taking_part(glance.user_id))
    edition = editions.current(entries.stamp(), now=now)
    mine = partial(scopes.sessions_of, scope, glance.user_id)
    named = f"{scope.kind}|{scope.name}" if scope.kind in _ALWAYS_THE_SAME else ""
    rows = stored.rows(mine, language=language, utc=utc, edition=edition, named=named)
    fresh = partial(stored.freshened, language=language, utc=utc, edition=edition)
    if scope.options.everything or subject.single:
        return _join(scope, fresh(rows), subject, edition)
    chosen = None
    if len(rows) > contents.MAX_ENTRIES or stored.may_leave(rows):
        chosen = stored.choose(rows, now)
        rows = stored.among(rows, chosen.staying)
    rows, leave, texts = fresh(rows), 0, None
    if stored.size(rows) > contents.MAX_BYTES:
        chosen = chosen or stored.choose(rows, now)
        rows, texts, leave = stored.fitting(rows, chosen)
    if chosen is None:  # most feeds: all of it fits, and stays
        return _join(scope, rows, subject, edition)
    until = chosen.ranked_until if leave else chosen.good_until
    return replace(_join(scope, rows, subject, edition, texts, chosen.cut or leave > 0), good_until=until)


def _join(
    scope: Scope,
    rows: list[Shown],
    subject: Subject,
    edition: Edition,
    texts: list[str] | None = None,
    cut: bool = False,
) -> Made:
    """Entries in order of time, behind one VTIMEZONE for each zone that they name. texts: where not those of `rows`."""
    texts = [row.text or "" for row in rows] if texts is None else texts
    changed_at = ical.changed_of(texts) or (edition.dated(subject.made_at) if subject.made_at else None)
    with translation.override(scope.options.language or subject.language):
        facts = _facts(scope, subject, changed_at, cut)
    if subject.single or subject.busy_at:
        busy = [subject.single or row.pk in subject.busy_at for row in rows]
        texts = [ical.busy(text) if theirs else text for text, theirs in zip(texts, busy, strict=True)]
    opening = ical.opening(facts, stored.vtimezones(rows))
    parts = map(packing.part, [opening, *texts, ical.CLOSING])
    return Made(packing.pack([*parts]), changed_at, None)


def _facts(scope: Scope, subject: Subject, changed_at: datetime | None, cut: bool) -> ical.CalendarFacts:
    if subject.single:
        return ical.CalendarFacts()
    cut_words = _("Older sessions are left out so that every program can read this calendar. All: ?past=all")
    return ical.CalendarFacts(
        name=subject.name,
        description="\n".join(filter(None, [subject.about, cut_words if cut else ""])),
        changed=changed_at,
        url=subject.page,
        source="" if scope.private else address(path_of(scope)),
        colour=colours.nearest(subject.accent),
        accent=subject.accent,
    )


def path_of(scope: Scope) -> str:
    """Return the address of a calendar below MERIDIAN_URL."""
    wanted = scope.options
    path, asked = scopes.place_of(scope)
    asked += [("past", "all")] if wanted.everything else []
    asked += [("alarm", ",".join(map(str, wanted.alarms)))] if wanted.alarms else []
    asked += [("lang", wanted.language)] if wanted.language else []
    asked += [("tz", "utc")] if wanted.utc else []
    return f"{path}?{urlencode(asked, safe=',')}" if asked else path


def _subject(scope: Scope, user_id: int | None) -> Subject:
    wanted = scope.options.language
    if scope.private:
        user = User.objects.get(pk=user_id or 0)
        language = user.language or settings.LANGUAGE_CODE
        with translation.override(wanted or language):
            mine = _("%(site)s: my tasks") if scope.kind == Kind.TASKS else _("%(site)s: my sessions")
        page = "/organise/" if scope.kind == Kind.TASKS else "/me/"
        return Subject(mine % {"site": settings.SITE_NAME}, address(page), language)
    if scope.kind == Kind.FILTER:
        language = wanted or settings.LANGUAGE_CODE
        with translation.override(language):
            name = subjects.name_of_filter(scope.pairs, language)
        return Subject(name, address(subjects.page_of_filter(scope.pairs)), settings.LANGUAGE_CODE)
    if scope.kind == Kind.COMMUNITY:
        community = Community.objects.get(slug=scope.name)
        language = community.language
        about = say(community.summary, wanted or language)
        name, page = say(community.name, wanted or language), address(f"/communities/{community.slug}/")
        return Subject(name, page, language, about, community.accent, community.made_at)
    if scope.kind == Kind.SERIES:
        if (told := prepared.first(_series, scope.name, "")) is None:
            raise Series.DoesNotExist(scope.key)
        title, abstract = (prepared.object_of(told[name]) for name in ("title", "abstract"))
        language, made_at = told["language"], prepared.moment_of(told["made_at"])
        name, page = say(title, wanted or language), address(f"/series/{scope.name}/")
        about = say(abstract, wanted or language)
        return Subject(name, page, language, about, told["community__accent"], made_at)
    if scope.kind == Kind.SESSION:
        return subject_of_session(Session.objects.get(slug=scope.name))
    return Subject(settings.SITE_NAME, address("/"), settings.LANGUAGE_CODE)


def _series(slug: str, _key: str) -> QuerySet[Any]:
    columns = "title", "abstract", "language", "made_at", "community__accent"
    found: QuerySet[Any] = Series.objects.filter(slug=slug)
    return found.values(*columns)


def subject_of(scope: Scope) -> Subject:
    """Return whose calendar a public one is, in words. Raises DoesNotExist where it is gone."""
    return _subject(scope, None)


def _etag(digest: str) -> str:
    """Weak, as the same is sent compressed and plain (RFC 9110 §8.8.1)."""
    return f'W/"{digest}"'
