"""Facts to iCalendar text (RFC 5545, 7986, 9253). The one serialiser of feeds, single files and mails. Plain Python.

Each line is written by `lines`. VTIMEZONEs come from `vtimezone`: the library's are wrong.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from seminars.calendars.lines import (
    clean,
    clean_line,
    fold,
    instant,
    line,
    list_of,
    shorten,
    text_line,
    uri_line,
    when,
)

PRODID = "-//Meridian//Meridian//EN"
VERSION = 3  # raise it when the text of an entry changes for the same facts: every stored entry is then rendered anew
DESCRIPTION_BYTES = 4000
HTML_BYTES = 2000
ALARMS = 5
_FREE = "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
_BUSY = "TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n"
_WORDS = "\r\nDESCRIPTION;"
_AS_HTML = "data:text/html,"
_CODED = [(mark, f"%{ord(mark):02X}") for mark in "% <>'\"&#\n"]
_UNCODED = re.compile(r"[^A-Za-z0-9_.\-~/:=?+!$,;@()*\[\]%]+")
_ALTREP = re.compile(';ALTREP="[^"]*"')
_DATED = "\r\nDTSTAMP:"
_END = "END:VEVENT\r\n"
CLOSING = "END:VCALENDAR\r\n"
_OFF = "\r\nSTATUS:CANCELLED\r\n"
_PICTURES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_ENTRIES = re.compile(r"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Conference:
    """A way in: `uri` (https or tel), the `features` of RFC 7986 §6.3, and words for people."""

    uri: str
    features: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Attachment:
    """A file by its address; `size` in bytes, 0 if unknown."""

    uri: str
    label: str
    media_type: str = ""
    size: int = 0


@dataclass(frozen=True)
class Link:
    """A page that belongs to the session (RFC 9253 §8.2); `relation` is a registered link relation."""

    uri: str
    label: str
    relation: str = "related"
    media_type: str = "text/html"


@dataclass(frozen=True)
class Image:
    """A picture by its address (RFC 7986 §5.10)."""

    uri: str
    media_type: str = ""


@dataclass(frozen=True)
class EntryFacts:
    """Everything an entry says, as plain values.

    start, end: dates for whole days (`end` is the day after the last), else naive wall times in `zone`, or aware UTC
    where `zone` is empty. created, changed: aware UTC; `changed` is DTSTAMP and LAST-MODIFIED alike. status: CONFIRMED,
    TENTATIVE or CANCELLED. geo: latitude and longitude in degrees. parent: the series' UUID; event: the UID of what it
    is part of, which stands before it (RFC 5545 §3.8.4.5 allows several); sibling: that of what it repeats. html: the
    description for programs that show HTML; left out where it does not fit into 2 kB.
    """

    uid: str
    sequence: int
    created: datetime
    changed: datetime
    start: date
    end: date
    summary: str
    status: str = "CONFIRMED"
    zone: str = ""
    language: str = ""
    description: str = ""
    location: str = ""
    url: str = ""
    geo: tuple[float, float] | None = None
    conferences: tuple[Conference, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    categories: tuple[str, ...] = ()
    colour: str = ""
    parent: str = ""
    event: str = ""
    sibling: str = ""
    html: str = ""
    image: Image | None = None


@dataclass(frozen=True)
class CalendarFacts:
    """What a calendar says of itself. Without a name it is a single file to add, not a feed to follow.

    changed: aware UTC. url: the page; source: the feed's own address. colour: a CSS name; accent: `#rrggbb`.
    """

    name: str = ""
    description: str = ""
    changed: datetime | None = None
    url: str = ""
    source: str = ""
    colour: str = ""
    accent: str = ""
    image: Image | None = None
    refresh: timedelta = timedelta(hours=1)


def vevent(facts: EntryFacts) -> str:
    """Return BEGIN:VEVENT to END:VEVENT, CRLF after each line, the same bytes for the same facts.

    Whoever reads it is free at that time; see `busy`. Raises ValueError where `end` is not after `start`.
    """
    if facts.end <= facts.start:
        raise ValueError(f"{facts.uid} ends before it starts.")
    changed = instant(facts.changed)
    words = {"LANGUAGE": facts.language}
    plain = shorten(clean(facts.description).strip(), DESCRIPTION_BYTES)
    return "".join(
        [
            "BEGIN:VEVENT\r\n",
            text_line("UID", facts.uid),
            f"DTSTAMP:{changed}\r\n",
            f"CREATED:{instant(facts.created)}\r\n",
            f"LAST-MODIFIED:{changed}\r\n",
            f"SEQUENCE:{facts.sequence}\r\n",
            when("DTSTART", facts.start, facts.zone),
            when("DTEND", facts.end, facts.zone),
            text_line("STATUS", facts.status),
            text_line("SUMMARY", clean_line(facts.summary), words),
            text_line("DESCRIPTION", plain, words | {"ALTREP": _altrep(facts.html)}),
            text_line("LOCATION", clean_line(facts.location)),
            line("GEO", ";".join(map(_degrees, facts.geo))) if facts.geo else "",
            uri_line("URL", facts.url),
            *_ways(facts),
            _image(facts.image, "FULLSIZE"),
            line("CATEGORIES", list_of(facts.categories)) if facts.categories else "",
            text_line("COLOR", facts.colour),
            text_line("RELATED-TO", facts.event, {"RELTYPE": "PARENT"}),
            text_line("RELATED-TO", facts.parent, {"RELTYPE": "PARENT"}),
            text_line("RELATED-TO", facts.sibling, {"RELTYPE": "SIBLING"}),
            _FREE,
            _END,
        ]
    )


def picture_type(address: str) -> str:
    """Return the media type of a picture by the end of its address; "" where that tells nothing."""
    return _PICTURES.get(address.rpartition(".")[2].lower(), "")


def busy(entry: str) -> str:
    """Return a rendered entry for somebody who takes part: the time is theirs no more, unless it is cancelled."""
    return entry if _OFF in entry else entry.replace(_FREE, _BUSY)


def changed_of(entries: Iterable[str]) -> datetime | None:
    """Return when the latest of rendered entries changed (aware UTC); None of nothing."""
    last = max(map(_dated, entries), default="")
    return datetime.strptime(last, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if last else None


def without_html(entry: str) -> str:
    """Return a rendered entry with its plain description only: the first to go where a calendar grows too large."""
    if (at := entry.find(_WORDS)) < 0:
        return entry
    end = at + 2
    while entry.startswith(" ", (end := entry.index("\r\n", end) + 2)):
        pass
    said = entry[at + 2 : end].replace("\r\n ", "").removesuffix("\r\n")
    return f"{entry[: at + 2]}{fold(_ALTREP.sub('', said, count=1))}\r\n{entry[end:]}"


def with_alarms(text: str, minutes: Iterable[int]) -> str:
    """Return rendered entries, each with a reminder so many minutes before its start; for the subscriber who asked.

    text: any number of whole entries, or a whole calendar. minutes: at least 0 each; the same one counts once, and no
    more than five. What is cancelled and what has no hour reminds nobody. Raises ValueError for others.
    """
    wanted = sorted(set(minutes), reverse=True)
    if len(wanted) > ALARMS or any(each < 0 for each in wanted):
        raise ValueError(f"Reminders are up to {ALARMS} numbers of minutes, none below 0.")
    return _ENTRIES.sub(lambda found: _reminding(found.group(), wanted), text) if wanted else text


def join(calendar: CalendarFacts, entries: Iterable[str], vtimezones: Iterable[str]) -> bytes:
    """Return the whole calendar: rendered `entries` after the rendered VTIMEZONEs that they name."""
    return "".join([opening(calendar, vtimezones), *entries, CLOSING]).encode()


def opening(calendar: CalendarFacts, vtimezones: Iterable[str]) -> str:
    """Return what stands before all entries; behind them stands `CLOSING`."""
    return "".join([_head(calendar), *vtimezones])


@lru_cache(maxsize=8192)
def _dated(entry: str) -> str:
    at = entry.find(_DATED) + len(_DATED)
    return entry[at : at + 15]


def _head(facts: CalendarFacts) -> str:
    """The calendar's own properties. It has no UID: vdirsyncer then loses entries."""
    own = ["BEGIN:VCALENDAR\r\n", "VERSION:2.0\r\n", f"PRODID:{PRODID}\r\n", "CALSCALE:GREGORIAN\r\n"]
    if not facts.name:
        return "".join(own)
    name, about = clean_line(facts.name), shorten(clean(facts.description).strip(), DESCRIPTION_BYTES)
    hours = f"PT{max(1, facts.refresh // timedelta(hours=1))}H"
    own += [
        text_line("NAME", name),
        text_line("X-WR-CALNAME", name),
        text_line("DESCRIPTION", about),
        text_line("X-WR-CALDESC", about),
        f"LAST-MODIFIED:{instant(facts.changed)}\r\n" if facts.changed else "",
        uri_line("URL", facts.url),
        uri_line("SOURCE", facts.source, {"VALUE": "URI"}),
        f"REFRESH-INTERVAL;VALUE=DURATION:{hours}\r\n",
        f"X-PUBLISHED-TTL:{hours}\r\n",
        text_line("COLOR", facts.colour),
        text_line("X-APPLE-CALENDAR-COLOR", facts.accent.upper()),
        _image(facts.image, "BADGE"),
    ]
    return "".join(own)


def _ways(facts: EntryFacts) -> Iterable[str]:
    for way in facts.conferences:
        said = {"VALUE": "URI", "FEATURE": ",".join(way.features), "LABEL": way.label}
        yield uri_line("CONFERENCE", way.uri, said)
    for file in facts.attachments:
        size = str(file.size) if file.size else ""
        said = {"FMTTYPE": file.media_type, "SIZE": size, "FILENAME": file.label}
        yield uri_line("ATTACH", file.uri, said)
    for link in facts.links:
        said = {"VALUE": "URI", "LINKREL": link.relation, "FMTTYPE": link.media_type, "LABEL": link.label}
        yield uri_line("LINK", link.uri, said)


def _altrep(html: str) -> str:
    """The form in which Thunderbird shows HTML, to the letter; nothing where it would be too long (RFC 5545 §3.2.1)."""
    text, most = clean(html), HTML_BYTES - len(_AS_HTML)
    if not text or len(text) > most:
        return ""
    for mark, coded in _CODED:  # what almost all of them have: `quote` goes through every letter
        text = text.replace(mark, coded)
    text = _UNCODED.sub(lambda found: quote(found.group(), safe=""), text)
    return _AS_HTML + text if len(text) <= most else ""


def _image(image: Image | None, display: str) -> str:
    if image is None:
        return ""
    return uri_line("IMAGE", image.uri, {"VALUE": "URI", "DISPLAY": display, "FMTTYPE": image.media_type})


def _reminding(entry: str, minutes: list[int]) -> str:
    if _OFF in entry or "\r\nDTSTART;VALUE=DATE:" in entry:
        return entry
    summary = re.search(r"\r\nSUMMARY[^:]*:((?:[^\r]|\r\n )*)\r\n", entry)
    words = summary.group(1).replace("\r\n ", "") if summary else ""
    said = line("DESCRIPTION", words or ".")
    alarms = [
        f"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT{each}M\r\n{said}END:VALARM\r\n" for each in minutes
    ]
    return entry.removesuffix(_END) + "".join(alarms) + _END


def _degrees(number: float) -> str:
    """Six places are 11 cm; never an exponent."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
