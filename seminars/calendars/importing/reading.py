"""Bytes of whatever kind to incoming entries: says clearly what it cannot take. No database."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from seminars.calendars.importing import reading_csv, reading_ical
from seminars.calendars.importing.incoming import MOST_BYTES, Reading, Unreadable

_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_FILES = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "Excel, Word",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}


def read(
    data: bytes,
    *,
    zone: str,
    language: str,
    today: date,
    columns: Mapping[str, int] | None = None,
    day_first: bool | None = None,
) -> Reading:
    """Return what a calendar or a table says; never more than the bounds of `incoming`, in time too.

    zone: IANA name, of times that name none. language: of its words. today: repetitions are written out around it.
    columns, day_first: of a table, as `reading_csv.read`. Raises Unreadable, and nothing else, for whatever bytes.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(too_large())
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n\x00").lower()
    if not start:
        raise Unreadable(_("The file is empty."))
    _refuse_others(data, start)
    if b"begin:vcalendar" in _narrow(data[:20_000]).lower() or b"begin:vevent" in _narrow(data).lower():
        return reading_ical.read(data, zone=zone, language=language, today=today)
    if b"\x00" in data[:2000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("This is neither a calendar (.ics) nor a table (.csv)."))
    return reading_csv.read(data, zone=zone, language=language, columns=columns, day_first=day_first)


def too_large() -> str:
    """Return what to say of more than `MOST_BYTES` bytes."""
    said = _("The file is larger than %(most)d MB. Export a shorter time, and import that.")
    return said % {"most": MOST_BYTES // 1024**2}


# Below: how it is done.


def _refuse_others(data: bytes, start: bytes) -> None:
    if data.startswith(_PACKED):
        raise Unreadable(
            _("The file is packed (ZIP or the like). Unpack it, and import the calendar inside.")
        )
    for mark, name in _FILES.items():
        if data.startswith(mark):
            raise Unreadable(
                _("This is a file of another kind (%(name)s). Save it as .ics or .csv.") % {"name": name}
            )
    if re.match(rb"<!doctype html|<html|<head|<body|<!--", start):
        said = _(
            "This is a web page, not a calendar. Give the address of the calendar itself: it often ends in .ics."
        )
        raise Unreadable(said)
    if start.startswith((b"<", b"{", b"[")):
        raise Unreadable(_("This is XML or JSON, not a calendar (.ics) or a table (.csv)."))


def _narrow(data: bytes) -> bytes:
    """Of UTF-16, every other byte: enough to recognise what it is."""
    return data.replace(b"\x00", b"") if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data
