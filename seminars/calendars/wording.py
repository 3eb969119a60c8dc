"""What an entry says, in words of the active language: title, time, ways in, materials, promise.

Everything here is under `translation.override(language)`, which `entries` sets; `language` chooses organisers' words.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from seminars import clock
from seminars.calendars import gathering, vtimezone
from seminars.followups.checklist import promise
from seminars.people.models import Form
from seminars.series.suiting import moved_words
from seminars.sessions import dialling
from seminars.sessions.models import (
    Echo,
    Material,
    MaterialKind,
    MaterialState,
    Precision,
    Session,
    SpeakerRole,
)
from seminars.sessions.state import HEARD, OVER, State, prefix_of
from seminars.words import say

OFF = frozenset({State.POSTPONED, State.CANCELLED, State.WITHDRAWN})
_PUBLISHED = MaterialState.PUBLISHED.value
_ORDER = {kind: place for place, kind in enumerate(MaterialKind.values)}
_FILE_TYPES = {
    "application/pdf": "PDF",
    "video/mp4": "MP4",
    "video/webm": "WebM",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/ogg": "Ogg",
    "text/vtt": "VTT",
}


def address(path: str) -> str:
    """Return the whole address of a path below MERIDIAN_URL; a whole address stays what it is."""
    return f"{settings.MERIDIAN_URL}{path}" if path.startswith("/") else path


def page_of(session: Session) -> str:
    """Return the address of the session's page."""
    return address(f"/sessions/{session.slug}/")


def join_page_of(session: Session) -> str:
    """Return the address that leads into the meeting, always ours; "" where there is nothing to join any more."""
    open_still = session.state not in OVER and session.state not in OFF
    online = session.form != Form.IN_PERSON and bool(session.join_url) and not session.all_day
    return address(f"/sessions/{session.slug}/join") if open_still and online else ""


def view_page_of(session: Session) -> str:
    """Return the address that leads to the stream for those who only watch: ours, so that it can change late."""
    return address(f"/sessions/{session.slug}/view")


def out(session: Session) -> list[Material]:
    """Return the materials that can be had, recordings first; none of a session that was withdrawn."""
    if session.state == State.WITHDRAWN:
        return []
    found = [each for each in gathering.of(session, "materials") if each.state == _PUBLISHED]
    return sorted(found, key=lambda each: (_ORDER[each.kind], each.language, each.pk))


def summary(session: Session, language: str) -> str:
    """Return the title with the prefix of the stored state; a withdrawn session's own title is not told."""
    series = say(session.series.title, language)
    title = say(session.title, language) or series
    if not session.title and session.series.rrule:
        title = f"{series} {session.number}"
    prefix = prefix_of(session.state, frozenset(each.kind for each in out(session)))
    if prefix == "to-be-announced" and not session.title:
        title = _("%(series)s: to be announced") % {"series": series}
    if prefix == "withdrawn":
        title = series
    if session.precision == Precision.WEEK and session.local_date:
        week = session.local_date.isocalendar().week
        title = _("Week %(week)s: %(title)s") % {"week": week, "title": title}
    if session.precision == Precision.MONTH and session.local_date:
        month = str(format_date(session.local_date, "LLLL y", locale=_locale(language)))
        title = f"{month[:1].upper()}{month[1:]}: {title}"
    label = _labels(get_language()).get(prefix, "")
    return f"[{label}] {title}" if label else title


@lru_cache(maxsize=64)
def _labels(_active: str | None) -> dict[str, str]:
    return {
        "recording-coming": _("Recording coming"),
        "recording": _("Recording"),
        "slides": _("Slides"),
        "report": _("Report"),
        "new-time": _("New time"),
        "postponed": _("Postponed"),
        "cancelled": _("Cancelled"),
        "withdrawn": _("Withdrawn"),
    }


def description(session: Session, language: str) -> str:
    """Return the paragraphs of an entry: what to do now, when, cheaper ways in, who, about what, and the page."""
    if session.state == State.WITHDRAWN:
        return "\n\n".join(filter(None, [_("This session was withdrawn."), session.reason]))
    blocks = [
        "\n".join(_news(session, language)),
        "\n".join([*_time(session, language), *_other_hour(session, language)]),
        "\n".join(_cheaper(session, language)),
        "\n".join(_speakers(session)),
        say(session.abstract, language),
        "\n".join(_pages(session)),
    ]
    return "\n\n".join(block for block in blocks if block)


def time_words(session: Session, language: str) -> str:
    """Return when it is, as its entry says it, on one or several lines."""
    return "\n".join(_time(session, language))


def html(words: str) -> str:
    """Return the description as HTML: paragraphs, and links under the words before them."""
    blocks = ("<br>".join(map(_html_line, block.split("\n"))) for block in words.split("\n\n"))
    return "".join(f"<p>{block}</p>" for block in blocks)


def _html_line(line: str) -> str:
    before, found, path = line.rpartition("https://")
    if not found:
        before, found, path = line.rpartition("http://")
    if not found or " " in path:
        return escape(line, quote=False)
    there = escape(found + path, quote=True)
    label = before.strip().removesuffix(":")
    return f"<a href='{there}'>{escape(label, quote=False) if label else there}</a>"


def material_words(material: Material, language: str) -> str:
    """Return what a link to a material says: `Slides (PDF, 1.2 MB, English)`."""
    kind = str(MaterialKind(material.kind).label)
    size = _size(material.size, language) if material.size else ""
    minutes = round((material.seconds or 0) / 60)
    length = ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes} if minutes else ""
    spoken = _language_name(material.language, language) if material.language else ""
    details = [each for each in (_FILE_TYPES.get(material.media_type, ""), length, size, spoken) if each]
    return f"{kind} ({', '.join(details)})" if details else kind


def _news(session: Session, language: str) -> Iterator[str]:
    """First of all: how to join, what became of it, or what can be had."""
    if session.state == State.CANCELLED:
        yield _("This session is cancelled. There is nothing to do on your side.")
    if session.state == State.POSTPONED:
        yield _("This session is postponed. The new date is not known yet.")
    if session.state in OFF and session.reason:
        yield _("Reason: %(reason)s") % {"reason": session.reason}
    if join := join_page_of(session):
        yield _("Join: %(address)s") % {"address": join}
    for material in out(session):
        yield f"{material_words(material, language)}: {address(material.path)}"
    if session.state in OVER and (day := promise(session)):
        yield _("Recording by %(date)s") % {"date": _day(day, language)}
    elif session.state in OVER and _was_taken_back(session):
        yield _("The recording is no longer here.")
    if session.report_only and session.state in OVER:
        yield _("Not recorded: a report is given instead.")
    if session.state not in OVER | OFF and (was := _announced_before(session, language)):
        yield _("New time. Before, it was announced for %(time)s.") % {"time": was}
    if session.state not in OVER | OFF and session.ruled and session.series.date_rules.get("tell"):
        yield from filter(None, [moved_words(session.ruled, session.local_date, language)])


def _was_taken_back(session: Session) -> bool:
    """Whether there was a recording and is none, nor one to come: the session's page says what became of it."""
    heard = {each.state for each in gathering.of(session, "materials") if each.kind in HEARD}
    return heard == {MaterialState.WITHDRAWN.value}


def _time(session: Session, language: str) -> Iterator[str]:
    """When, as the clocks there and UTC show it, and what is unusual about those clocks."""
    if session.local_date is None or session.starts_at is None or session.ends_at is None:
        return
    if session.precision != Precision.DAY:
        if session.state not in OVER:
            yield _("The day is not fixed yet.")
        return
    if session.local_time is None:
        last = session.local_date + timedelta(days=session.days - 1)
        first = _day(session.local_date, language)
        yield _opening(first if last == session.local_date else f"{first} – {_day(last, language)}")
        return
    city, offset = _city(session.zone, language), clock.offset_words(session.starts_at, session.zone)
    walls = clock.to_wall(session.starts_at, session.zone), clock.to_wall(session.ends_at, session.zone)
    if offset == "UTC" and city == "UTC":
        yield _span(*walls, language) + " UTC"
        return
    here = {"time": _span(*walls, language), "city": city, "offset": offset}
    yield _("%(time)s in %(city)s (%(offset)s)") % here
    yield from _in_utc(session, walls, language) if offset != "UTC" else ()
    yield from _clock_remarks(session, session.starts_at, city, language)


def _other_hour(session: Session, language: str) -> Iterator[str]:
    """Of a twin or relay: what it is, and when its lead is live. `carrying` tells it anew when that changes."""
    lead = session.lead
    if lead is None or session.state in OFF:
        return
    host = next(
        (each.person.name for each in gathering.of(session, "speakers") if each.role == SpeakerRole.HOST), ""
    )
    if session.echo == Echo.RELAY:
        yield (
            _("The recording is shown, with %(host)s present.") % {"host": host}
            if host
            else _("The recording is shown, with a host.")
        )
    if not (lead.starts_at and lead.ends_at) or lead.cancelled_at or lead.postponed_at or lead.withdrawn_at:
        return
    walls = clock.to_wall(lead.starts_at, lead.zone), clock.to_wall(lead.ends_at, lead.zone)
    when = _("%(time)s in %(city)s") % {"time": _span(*walls, language), "city": _city(lead.zone, language)}
    said = _("Live at: %(time)s") if session.echo == Echo.RELAY else _("Also live at: %(time)s")
    yield said % {"time": when}


def _in_utc(session: Session, walls: tuple[datetime, datetime], language: str) -> Iterator[str]:
    if session.starts_at is None or session.ends_at is None:
        return
    utc = clock.to_wall(session.starts_at, "UTC"), clock.to_wall(session.ends_at, "UTC")
    same_day = utc[0].date() == walls[0].date() and utc[0].date() == utc[1].date()
    yield (f"{_hour(utc[0])}–{_hour(utc[1])}" if same_day else _span(*utc, language)) + " UTC"


def _clock_remarks(session: Session, starts_at: datetime, city: str, language: str) -> Iterator[str]:
    """Clocks that changed in the week before, and an hour that happens twice."""
    for shift in clock.shifts(session.zone, starts_at - timedelta(days=7), starts_at):
        changed = {
            "city": city,
            "date": _day(clock.to_wall(shift.instant, session.zone).date(), language),
            "after": clock.offset_words(shift.instant, session.zone),
            "before": clock.offset_words(shift.instant - timedelta(seconds=1), session.zone),
        }
        yield _("Clocks in %(city)s changed on %(date)s, from %(before)s to %(after)s.") % changed
    wall = clock.to_wall(starts_at, session.zone)
    if not vtimezone.is_exact(wall, session.zone):  # of an instant: it is no hour that is skipped
        yield (
            _("This hour happens twice that day: the second one is meant.")
            if wall.fold
            else _("This hour happens twice that day: the first one is meant.")
        )


def _cheaper(session: Session, language: str) -> Iterator[str]:
    """The room, and ways in that need less of a line."""
    if session.room and session.form != Form.VIRTUAL:
        yield _("Room: %(room)s") % {"room": session.room}
    if not join_page_of(session):
        return
    if session.view_url:
        yield _("View only: %(address)s") % {"address": view_page_of(session)}
    for number in dialling.read(session.dial_in):
        said = number if isinstance(number, str) else number.say(language)
        yield _("By phone: %(number)s") % {"number": said}


def _speakers(session: Session) -> Iterator[str]:
    for speaker in gathering.of(session, "speakers"):
        role = "" if speaker.role == SpeakerRole.SPEAKER else str(SpeakerRole(speaker.role).label)
        details = ", ".join(filter(None, [speaker.affiliation or speaker.person.affiliation, role]))
        yield f"{speaker.person.name} ({details})" if details else speaker.person.name


def _pages(session: Session) -> Iterator[str]:
    if session.source_url:
        yield _("Announced at: %(address)s") % {"address": session.source_url}
    yield _("Page of this session: %(address)s") % {"address": page_of(session)}
    if session.within and session.within.withdrawn_at is None:
        yield _("Part of this event: %(address)s") % {"address": page_of(session.within)}


def _announced_before(session: Session, language: str) -> str:
    """`moved_from` holds the columns of the wall time that was announced, as JSON."""
    was = session.moved_from or {}
    try:
        before = datetime.fromisoformat(" ".join(filter(None, [was.get("date"), was.get("time")])))
    except ValueError:
        return ""
    day = _day(before.date(), language)
    return f"{day}, {_hour(before)}" if was.get("time") else day


def _span(start: datetime, end: datetime, language: str) -> str:
    opening = f"{_opening(_day(start.date(), language))}, {_hour(start)}"
    if start.date() == end.date():
        return f"{opening}–{_hour(end)}"
    return f"{opening} – {_day(end.date(), language)}, {_hour(end)}"


def _hour(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def _opening(words: str) -> str:
    """As a line begins: Swedish days are small within a sentence."""
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    """`Wednesday 16 September 2026`; in Swedish with the week, as people there plan by it."""
    words = str(format_date(day, "EEEE d MMMM y", locale=_locale(language)))
    return f"{words} (v {day.isocalendar().week})" if language.startswith("sv") else words


@lru_cache(maxsize=4096)
def _city(zone: str, language: str) -> str:
    if clock.canonical(zone) in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = str(get_timezone_location(zone, locale=_locale(language), return_city=True))
    return city.rpartition("/")[2].replace("_", " ")


def _size(size: int, language: str) -> str:
    """Bytes as people say them, in thousands as file managers count."""
    for unit, step in (("GB", 10**9), ("MB", 10**6)):
        if size >= step:
            return f"{format_decimal(round(size / step, 1), locale=_locale(language))} {unit}"
    return f"{max(1, round(size / 1000))} kB"


@lru_cache(maxsize=4096)
def _language_name(tag: str, language: str) -> str:
    """The name of a spoken language, as within a sentence: `English`, `engelska`."""
    return str(_locale(tag).get_display_name(_locale(language)) or tag)


@lru_cache(maxsize=4096)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
