"""Content lines of iCalendar (RFC 5545 §3.1, §3.2, RFC 6868): texts, addresses and parameters that cannot break out.

Plain Python. Written by hand rather than by `icalendar`, which is slower by half and would change some values: it makes
a line break of a backslash before N, cuts escapes in two where it folds, and raises on a line break in an address.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from urllib.parse import quote

LINE_BYTES = 75
# What splits lines in some programs, and what no text may hold: C0 and C1 controls, halves of surrogate pairs.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_URI_MARKS = "%/:=&?~#+!$,;'@()*[]"
_PLAIN_URI = re.compile(r"[A-Za-z0-9_.\-~%/:=&?#+!$,;'@()*\[\]]*")
_QUOTED = re.compile("[,;:’]")  # the typographic one stands for a quote, which no parameter can hold
_ALWAYS_QUOTED = frozenset({"ALTREP", "LINKREL"})
_ESCAPES = b"\\^"


def clean(text: str) -> str:
    r"""Return `text` with every kind of line break as `\n`, tabs as spaces, and no control characters."""
    if text.isprintable():
        return text
    return _CONTROLS.sub("", _BREAKS.sub("\n", text)).replace("\t", " ")


def clean_line(text: str) -> str:
    """Return `text` on one line, without control characters and spaces at the ends."""
    return clean(text).replace("\n", " ").strip()


def shorten(text: str, size: int) -> str:
    """Return `text`, cut with an ellipsis so that it has at most `size` bytes in UTF-8."""
    raw = text.encode()
    if len(raw) <= size:
        return text
    return raw[: size - 3].decode(errors="ignore").rstrip() + "…"


def fold(line: str) -> str:
    """Return a content line in pieces of at most 75 bytes (RFC 5545 §3.1), no character and no escape cut in two."""
    if plain := line.isascii():
        if len(line) <= LINE_BYTES:
            return line
        plain = "\\" not in line and "^" not in line
    if plain:  # nothing that a cut could hurt
        rest = range(LINE_BYTES, len(line), LINE_BYTES - 1)
        return "\r\n ".join([line[:LINE_BYTES], *(line[at : at + LINE_BYTES - 1] for at in rest)])
    raw = line.encode()
    pieces: list[bytes] = []
    start, room = 0, LINE_BYTES
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        run = end
        while run > start and raw[run - 1] in _ESCAPES:
            run -= 1
        end -= (end - run) % 2
        pieces.append(raw[start:end])
        start, room = end, LINE_BYTES - 1
    return b"\r\n ".join([*pieces, raw[start:]]).decode()


def line(name: str, value: str, said: Mapping[str, str] | None = None) -> str:
    """Return a content line, folded, with CRLF. value: as it stands in the file. said: parameters; empty ones go."""
    return f"{fold(f'{name}{_parameters(said)}:{value}' if said else f'{name}:{value}')}\r\n"


def text_line(name: str, text: str, said: Mapping[str, str] | None = None) -> str:
    """Return a line with a TEXT value; "" without a text."""
    return line(name, escape(text), said) if text else ""


def uri_line(name: str, uri: str, said: Mapping[str, str] | None = None) -> str:
    """Return a line with an address, percent-encoded where it is not ASCII or could end the line; "" without one."""
    return line(name, uri_of(uri), said) if uri else ""


def escape(text: str) -> str:
    r"""Return TEXT with the four escapes of RFC 5545 §3.3.11 and no more: `C:\New` stays what it is."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def uri_of(uri: str) -> str:
    """Return an address with everything percent-encoded that is not ASCII or could end the line."""
    if _PLAIN_URI.fullmatch(uri):
        return uri
    return quote(_CONTROLS.sub("", _BREAKS.sub("", uri)).strip(), safe=_URI_MARKS)


def list_of(texts: Iterable[str]) -> str:
    """Return several TEXT values for one property, each on one line."""
    return ",".join(escape(clean_line(text)) for text in texts)


def instant(moment: datetime) -> str:
    """Return an aware time in UTC (RFC 5545 §3.3.5). Raises ValueError for a naive one: it would float."""
    if moment.tzinfo is None:
        raise ValueError("A time without a zone would float: give it in UTC.")
    return wall(moment.astimezone(UTC)) + "Z"


def wall(moment: datetime) -> str:
    """Return the clock's time, without a zone. Not by strftime: it writes years before 1000 without zeros."""
    day = f"{moment.year:04}{moment.month:02}{moment.day:02}"
    return f"{day}T{moment.hour:02}{moment.minute:02}{moment.second:02}"


def when(name: str, moment: date, zone: str) -> str:
    """Return a line with a date, a wall time with its TZID, or a time in UTC where `zone` is empty.

    Raises ValueError for an aware time with a zone, and for a naive one without.
    """
    if not isinstance(moment, datetime):
        return line(name, f"{moment.year:04}{moment:%m%d}", {"VALUE": "DATE"})
    if not zone:
        return line(name, instant(moment))
    if moment.tzinfo is not None:
        raise ValueError("A time in a zone is given as the clock on the wall shows it.")
    return line(name, wall(moment), {"TZID": zone})


def _parameters(said: Mapping[str, str]) -> str:
    """Parameter values cannot hold quotes and line breaks at all; a caret would be an escape (RFC 6868)."""
    found = []
    for name, text in said.items():
        if text:
            plain = clean_line(text).replace('"', "’").replace("^", " ")
            marked = name in _ALWAYS_QUOTED or (name != "FEATURE" and _QUOTED.search(plain))
            found.append(f';{name}="{plain}"' if marked else f";{name}={plain}")
    return "".join(found)
