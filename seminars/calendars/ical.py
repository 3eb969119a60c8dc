"""Facts to iCalendar text (RFC 5545, 7986, 9253). The one serialiser of feeds, single files and mails. Plain Python.

Values are serialised by `icalendar`, except where version 7.3 would change them: texts (a backslash before N becomes a
line break), and folding (it cuts escapes in two). VTIMEZONEs come from `vtimezone`: the library's are wrong.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from icalendar import Calendar, Component, Event
from icalendar.parser import Parameters
from icalendar.prop import vDate, vDatetime, vDuration, vGeo, vInt, vText, vUri

PRODID = "-//Meridian//Meridian//EN"
VERSION = 1  # raise it when the text of an entry changes for the same facts: every stored entry is then rendered anew
DESCRIPTION_BYTES = 4000
_LINE_BYTES = 75
_FREE = "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
_BUSY = "TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n"
# What splits lines in some programs, and what no text may hold: C0 and C1 controls, halves of surrogate pairs.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PIECES = re.compile(r"[\\^].|.", re.DOTALL)
_URI_MARKS = "%/:=&?~#+!$,;'@()*[]"


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
class EntryFacts:
    """Everything an entry says, as plain values.

    start, end: dates for whole days (`end` is the day after the last), else naive wall times in `zone`, or aware UTC
    where `zone` is empty. created, changed: aware UTC; `changed` is DTSTAMP and LAST-MODIFIED alike. status: CONFIRMED,
    TENTATIVE or CANCELLED. geo: latitude and longitude in degrees. parent: the series' UUID.
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
    refresh: timedelta = timedelta(hours=1)


class Text(vText):
    r"""TEXT with the four escapes of RFC 5545 §3.3.11 and no more: `C:\New` stays what it is."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode()


class Texts:
    """Several TEXT values in one property."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.params = Parameters()
        self.texts = [Text(clean_line(text)) for text in texts]

    def to_ical(self) -> bytes:
        """Return the values, escaped one by one, with plain commas between them."""
        return b",".join(text.to_ical() for text in self.texts)


def clean(text: str) -> str:
    r"""Return `text` with every kind of line break as `\n`, tabs as spaces, and no control characters."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", text)).replace("\t", " ")


def clean_line(text: str) -> str:
    """Return `text` on one line, without control characters and spaces at the ends."""
    return clean(text).replace("\n", " ").strip()


def shorten(text: str, size: int = DESCRIPTION_BYTES) -> str:
    """Return `text`, cut with an ellipsis so that it has at most `size` bytes in UTF-8."""
    raw = text.encode()
    if len(raw) <= size:
        return text
    return raw[: size - 3].decode(errors="ignore").rstrip() + "…"


def fold(line: str) -> str:
    """Return a content line in pieces of at most 75 bytes (RFC 5545 §3.1), no character and no escape cut in two."""
    if len(line) <= _LINE_BYTES and line.isascii():
        return line
    pieces: list[str] = []
    start = at = size = 0
    for piece in _PIECES.findall(line):
        length = len(piece.encode())
        if size + length > _LINE_BYTES:
            pieces.append(line[start:at])
            start, size = at, 1
        at += len(piece)
        size += length
    return "\r\n ".join([*pieces, line[start:]])


def vevent(facts: EntryFacts) -> str:
    """Return BEGIN:VEVENT to END:VEVENT, CRLF after each line, the same bytes for the same facts.

    Whoever reads it is free at that time; see `busy`. Raises ValueError where `end` is not after `start`.
    """
    if facts.end <= facts.start:
        raise ValueError(f"{facts.uid} ends before it starts.")
    event = Event()
    _put(event, "UID", Text(facts.uid))
    _put(event, "DTSTAMP", vDatetime(facts.changed.astimezone(UTC)))
    _put(event, "CREATED", vDatetime(facts.created.astimezone(UTC)))
    _put(event, "LAST-MODIFIED", vDatetime(facts.changed.astimezone(UTC)))
    _put(event, "SEQUENCE", vInt(facts.sequence))
    _put(event, "DTSTART", _when(facts.start, facts.zone))
    _put(event, "DTEND", _when(facts.end, facts.zone))
    _put(event, "STATUS", Text(facts.status))
    words = {"LANGUAGE": facts.language} if facts.language else {}
    _put_text(event, "SUMMARY", clean_line(facts.summary), words)
    _put_text(event, "DESCRIPTION", shorten(clean(facts.description).strip()), words)
    _put_text(event, "LOCATION", clean_line(facts.location), {})
    if facts.geo is not None:
        _put(event, "GEO", vGeo(facts.geo))
    _put_uri(event, "URL", facts.url, {})
    _put_ways(event, facts)
    if facts.categories:
        _put(event, "CATEGORIES", Texts(facts.categories))
    if facts.colour:
        _put(event, "COLOR", Text(facts.colour))
    if facts.parent:
        _put(event, "RELATED-TO", Text(facts.parent, params={"RELTYPE": "PARENT"}))
    _put(event, "TRANSP", Text("TRANSPARENT"))
    _put(event, "X-MICROSOFT-CDO-BUSYSTATUS", Text("FREE"))
    return _written(event)


def busy(entry: str) -> str:
    """Return a rendered entry for somebody who takes part: the time is theirs no more, unless it is cancelled."""
    return entry if "\r\nSTATUS:CANCELLED\r\n" in entry else entry.replace(_FREE, _BUSY)


def join(calendar: CalendarFacts, entries: Iterable[str], vtimezones: Iterable[str]) -> bytes:
    """Return the whole calendar: rendered `entries` after the rendered VTIMEZONEs that they name."""
    head = _written(_calendar(calendar)).removesuffix("END:VCALENDAR\r\n")
    return "".join([head, *vtimezones, *entries, "END:VCALENDAR\r\n"]).encode()


def _calendar(facts: CalendarFacts) -> Calendar:
    """The calendar's own properties. Not `Calendar.new()`: it adds a UID, and vdirsyncer then loses entries."""
    calendar = Calendar()
    _put(calendar, "VERSION", Text("2.0"))
    _put(calendar, "PRODID", Text(PRODID))
    _put(calendar, "CALSCALE", Text("GREGORIAN"))
    if not facts.name:
        return calendar
    for name, text in (("NAME", facts.name), ("X-WR-CALNAME", facts.name)):
        _put_text(calendar, name, clean_line(text), {})
    for name, text in (("DESCRIPTION", facts.description), ("X-WR-CALDESC", facts.description)):
        _put_text(calendar, name, shorten(clean(text).strip()), {})
    if facts.changed is not None:
        _put(calendar, "LAST-MODIFIED", vDatetime(facts.changed.astimezone(UTC)))
    _put_uri(calendar, "URL", facts.url, {})
    _put_uri(calendar, "SOURCE", facts.source, {"VALUE": "URI"})
    _put(calendar, "REFRESH-INTERVAL", vDuration(facts.refresh, params={"VALUE": "DURATION"}))
    _put(calendar, "X-PUBLISHED-TTL", vDuration(facts.refresh))
    if facts.colour:
        _put(calendar, "COLOR", Text(facts.colour))
    if facts.accent:
        _put(calendar, "X-APPLE-CALENDAR-COLOR", Text(facts.accent.upper()))
    return calendar


def _put_ways(event: Event, facts: EntryFacts) -> None:
    for way in facts.conferences:
        said = {"VALUE": "URI", "FEATURE": ",".join(way.features), "LABEL": way.label}
        _put_uri(event, "CONFERENCE", way.uri, said)
    for file in facts.attachments:
        size = str(file.size) if file.size else ""
        said = {"FMTTYPE": file.media_type, "SIZE": size, "FILENAME": file.label}
        _put_uri(event, "ATTACH", file.uri, said)
    for link in facts.links:
        said = {
            "VALUE": "URI",
            "LINKREL": link.relation,
            "FMTTYPE": link.media_type,
            "LABEL": link.label,
        }
        _put_uri(event, "LINK", link.uri, said)


def _when(moment: date, zone: str) -> vDate | vDatetime:
    """A date; a wall time with its TZID, put by name (from a tzinfo the fold would be lost); or a time in UTC."""
    if not isinstance(moment, datetime):
        return vDate(moment, params={"VALUE": "DATE"})
    if zone:
        if moment.tzinfo is not None:
            raise ValueError("A time in a zone is given as the clock on the wall shows it.")
        value = vDatetime(moment)
        value.params["TZID"] = zone  # given at construction, it is dropped
        return value
    if moment.tzinfo is None:
        raise ValueError("A time without a zone would float: give it in UTC.")
    return vDatetime(moment.astimezone(UTC))


def _put(component: Component, name: str, value: object) -> None:
    component.add(name, value, encode=0)  # type: ignore[arg-type]  # it takes a flag


def _put_text(component: Component, name: str, text: str, said: Mapping[str, str]) -> None:
    if text:
        _put(component, name, Text(text, params=_parameters(said)))


def _put_uri(component: Component, name: str, uri: str, said: Mapping[str, str]) -> None:
    """The address with everything percent-encoded that is not ASCII or could end the line."""
    if uri:
        safe = quote(_CONTROLS.sub("", _BREAKS.sub("", uri)).strip(), safe=_URI_MARKS)
        _put(component, name, vUri(safe, params=_parameters(said)))


def _parameters(said: Mapping[str, str]) -> dict[str, object]:
    """Parameter values cannot hold quotes and line breaks at all; a caret would be an escape (RFC 6868)."""
    plain = {
        name: clean_line(text).replace('"', "’").replace("^", " ") for name, text in said.items() if text
    }
    return {
        name: text.split(",") if name == "FEATURE" and "," in text else text for name, text in plain.items()
    }


def _written(component: Component) -> str:
    lines = component.content_lines(sorted=False)
    return "".join(f"{fold(line)}\r\n" for line in lines if line)
