"""Sessions as calendar entries, rendered once per change and kept."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from seminars import clock
from seminars.calendars import colours, gathering, ical, prepared, vtimezone, wording
from seminars.calendars.editions import Edition
from seminars.calendars.models import Entry
from seminars.people.models import Form, Joining
from seminars.series.models import Audience
from seminars.series.rooms.models import Room
from seminars.sessions import dialling
from seminars.sessions.models import Material, MaterialKind, Precision, Session
from seminars.sessions.state import OVER, State
from seminars.words import Words, say

log = logging.getLogger(__name__)

_STATUS = {
    State.ANNOUNCED: "TENTATIVE",
    State.POSTPONED: "TENTATIVE",
    State.CANCELLED: "CANCELLED",
    State.WITHDRAWN: "CANCELLED",
}
_ATTACHED = frozenset(
    {MaterialKind.SLIDES, MaterialKind.PAPER, MaterialKind.HANDOUT, MaterialKind.TRANSCRIPT}
)
_AT_ONCE = 512  # entries that are rendered before any is kept
_RELATIONS = (
    *("series__community", "series__topics", "place", "within", "lead__materials"),
    *("speakers__person", "materials", "topics"),
)
_OWED = ("series__owed", "checklist", "items")  # what is promised, which is told once a session is over


@dataclass(frozen=True)
class Span:
    """DTSTART and DTEND as `ical.EntryFacts` takes them, and the zone they are in ("" for dates and UTC)."""

    start: date
    end: date
    zone: str = ""


class Made(NamedTuple):
    """A rendered entry as it is kept: of which revision, with which stamp, and the TZID that it names."""

    revision: int
    stamp: str
    zone: str
    text: str


def stamp() -> str:
    """Return 16 characters that differ whenever the same session would be written otherwise.

    Made of the serialiser's version, MERIDIAN_URL, the release of the clocks' law, and our translated words.
    """
    return _stamped(ical.VERSION, settings.MERIDIAN_URL, clock.release(), _catalogues())


def renew(pks: Iterable[int], *, language: str, utc: bool = False, edition: Edition) -> dict[int, Made]:
    """Return, by session, entries rendered anew from what the database says now, and kept.

    utc: every time in UTC, without a zone. edition: that of `stamp()`. The number of queries does not grow with the
    sessions, but for one round of them each 512. A session that cannot be rendered is logged, and is not among them, as
    one that is gone.
    """
    wanted, base = sorted(pks), stamp()
    made: dict[int, Made] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found = prepared.objects(Session, "pk", wanted[start : start + _AT_ONCE])
        rendered = _render(found, language=language, utc=utc, base=base, edition=edition)
        _keep(rendered, language, utc)
        made |= rendered
    return made


def entry_facts(session: Session, language: str, *, utc: bool = False, edition: Edition) -> ical.EntryFacts:
    """Return what the session's entry says in `language`. Call it under `translation.override(language)`.

    Raises ValueError where the session has no date.
    """
    span = span_of(session, utc=utc)
    series, community = session.series, session.series.community
    page, materials = wording.page_of(session), wording.out(session)
    return ical.EntryFacts(
        uid=str(session.uid),
        sequence=session.sequence + edition.number,
        created=session.made_at,
        changed=edition.dated(session.changed_at),
        start=span.start,
        end=span.end,
        zone=span.zone,
        summary=wording.summary(session, language),
        status=_STATUS.get(State(session.state), "CONFIRMED"),
        language=language,
        description=(words := wording.description(session, language)),
        html=wording.html(words) if session.state not in OVER and session.state not in wording.OFF else "",
        location=_location(session),
        url=page,
        conferences=tuple(_conferences(session, language)),
        attachments=tuple(
            ical.Attachment(
                wording.address(each.path),
                wording.material_words(each, language),
                each.media_type,
                each.size,
            )
            for each in materials
            if each.kind in _ATTACHED
        ),
        links=tuple(_links(session, materials, language)),
        categories=tuple(_categories(session, language)),
        colour=colours.nearest(community.accent),
        parent=str(series.uuid),
        event=str(session.within.uid) if session.within else "",
        sibling=str(session.lead.uid) if session.lead else "",
        geo=_geo(session),
        image=_image(session, materials),
    )


def span_of(session: Session, *, utc: bool = False) -> Span:
    """Return when the session is, as a calendar is to say it.

    Whole days, weeks and months as dates; a time in its zone where every program reads it there as we mean it, else
    in UTC: zones that Outlook cannot read, years under older rules, hours that are skipped or happen twice.
    Raises ValueError where the session has no date.
    """
    day = session.local_date
    if day is None or session.precision == Precision.NONE:
        raise ValueError(f"{session.slug} has no date yet.")
    if session.precision == Precision.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=7))
    if session.precision == Precision.MONTH:
        first = day.replace(day=1)
        return Span(first, (first + timedelta(days=31)).replace(day=1))
    if session.local_time is None:
        return Span(day, day + timedelta(days=session.days))
    if session.starts_at is None or session.ends_at is None:
        raise ValueError(f"{session.slug} has a date and no instant.")
    starts_at, ends_at = session.starts_at.astimezone(UTC), session.ends_at.astimezone(UTC)
    if utc or not _is_local(session, starts_at, ends_at):
        return Span(starts_at, ends_at)
    zone = clock.canonical(session.zone)
    return Span(clock.to_wall(starts_at, zone), clock.to_wall(ends_at, zone), zone)


def _is_local(session: Session, starts_at: datetime, ends_at: datetime) -> bool:
    zone = clock.canonical(session.zone)
    if zone in {"UTC", "Etc/UTC"} or session.local_date is None or session.local_time is None:
        return False
    said = datetime.combine(session.local_date, session.local_time)
    if not vtimezone.is_exact(said, zone):
        return False
    return vtimezone.is_local_safe(zone, starts_at) and vtimezone.is_local_safe(zone, ends_at)


def _keep(made: Mapping[int, Made], language: str, utc: bool) -> None:
    """Store what was rendered. Readers get it even where it cannot be kept: a full disk must not stop calendars."""
    if not made:
        return
    rows = [(pk, language, utc, *made[pk]) for pk in sorted(made)]  # in order: writers never wait in a ring
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_upsert(), rows)
    except DatabaseError:
        log.exception("Rendered calendar entries cannot be kept.")


def _upsert() -> str:
    """As `bulk_create` asks, which makes a model of each entry first and takes five times as long."""
    columns = ("session_id", "language", "utc", *Made._fields)
    anew = ", ".join(f"{name} = excluded.{name}" for name in Made._fields)
    return (
        f"INSERT INTO {Entry._meta.db_table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608 — names of columns only
        f"ON CONFLICT (session_id, language, utc) DO UPDATE SET {anew}"
    )


def _render(
    sessions: list[Session], *, language: str, utc: bool, base: str, edition: Edition
) -> dict[int, Made]:
    over = any(session.state in OVER for session in sessions)
    gathering.gather(sessions, *_RELATIONS, *(_OWED if over else ()))
    made: dict[int, Made] = {}
    frames: dict[tuple[int, int | None], str] = {}
    with translation.override(language):
        for session in sessions:
            try:
                facts = entry_facts(session, language, utc=utc, edition=edition)
                text = ical.vevent(facts)
            except Exception:  # whatever one session holds, the other entries must reach their readers
                log.exception(
                    "The calendar entry of %s cannot be written; its last good one stays.", session.slug
                )
                continue
            around = session.series_id, session.place_id
            frame = frames.get(around) or frames.setdefault(around, _frame_on(session, base))
            written = stamp_of(frame, session.state, session.sequence)
            made[session.pk] = Made(session.revision, written, facts.zone, text)
    return made


def frame_of(base: str, title: Words, community: Words, look: str, place: Room | None) -> str:
    """Return a digest of what entries show of the rows around their session. base: `stamp()`.

    look: the community's colour, and behind it the key of its logo.
    """
    room = (place.name, place.address, place.latitude, place.longitude) if place else ()
    return _digest(base, title, community, look, *room)


@lru_cache(maxsize=4096)
def stamp_of(frame: str, state: str, sequence: int) -> str:
    """Return the stamp of a session's entry: with what is on the rows at hand anyway, so that a change that forgot to
    raise the revision still shows."""
    return _digest(frame, state, sequence)


def _frame_on(session: Session, base: str) -> str:
    series, community = session.series, session.series.community
    look = community.accent + community.logo
    return frame_of(base, series.title, community.name, look, session.place)


def _location(session: Session) -> str:
    """A room, or the page that leads into the meeting; afterwards the page where it can be seen."""
    if session.state == State.WITHDRAWN:
        return ""
    if session.form == Form.IN_PERSON or (session.form == Form.HYBRID and session.room):
        return session.room
    if session.source_url and not session.join_url:
        return session.source_url
    return wording.join_page_of(session) or wording.page_of(session)


def _geo(session: Session) -> tuple[float, float] | None:
    """Where its room is, while people go there."""
    there = session.place if session.place_id and session.form != Form.VIRTUAL else None
    return there.position if there and session.state != State.WITHDRAWN else None


def _image(session: Session, materials: list[Material]) -> ical.Image | None:
    """The still picture of its recording, else the community's logo, where every program may fetch it."""
    community = session.series.community
    if session.audience != Audience.EVERYONE or community.joining == Joining.CLOSED:
        return None
    posters = [each.poster for each in materials if each.poster]
    if not posters and community.logo and session.state != State.WITHDRAWN:
        posters = [reverse("community_logo", args=[community.slug, community.logo])]
    return ical.Image(wording.address(posters[0]), ical.picture_type(posters[0])) if posters else None


def _categories(session: Session, language: str) -> Iterable[str]:
    """The series, the community, and what both it and its series are about; each once."""
    series = session.series
    names = [series.title, series.community.name]
    if session.state != State.WITHDRAWN:
        names += [topic.name for each in (session, series) for topic in gathering.of(each, "topics")]
    return dict.fromkeys(filter(None, (say(name, language) for name in names)))


def _links(session: Session, materials: list[Material], language: str) -> Iterable[ical.Link]:
    """Pages that belong to it; of a withdrawn session none, also none elsewhere."""
    for each in materials:
        if each.kind not in _ATTACHED:
            words = wording.material_words(each, language)
            yield ical.Link(wording.address(each.path), words, media_type="")
    if session.source_url and session.state != State.WITHDRAWN:
        yield ical.Link(session.source_url, _("Announced here"), "SOURCE")


def _conferences(session: Session, language: str) -> Iterable[ical.Conference]:
    """Ways in, while there is something to join."""
    join = wording.join_page_of(session)
    if not join:
        return
    yield ical.Conference(join, ("AUDIO", "VIDEO"), _("Join"))
    if session.view_url:
        yield ical.Conference(wording.view_page_of(session), ("VIDEO",), _("View only"))
    for number in dialling.read(session.dial_in):
        if isinstance(number, dialling.Number):
            words = _("By phone: %(number)s") % {"number": number.say(language)}
            yield ical.Conference(number.uri, ("PHONE",), words)


@lru_cache(maxsize=8)
def _stamped(version: int, address: str, release: str, catalogues: str) -> str:
    """Every poll asks for it."""
    return _digest(version, address, release, catalogues)


def _digest(*parts: object) -> str:
    return hashlib.blake2b("\n".join(map(str, parts)).encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def _catalogues() -> str:
    """Of the compiled words: a better translation reaches every calendar at the next start."""
    found = [path for root in settings.LOCALE_PATHS for path in Path(root).glob("*/LC_MESSAGES/django.mo")]
    return _digest(*(hashlib.blake2b(path.read_bytes()).hexdigest() for path in sorted(found)))
