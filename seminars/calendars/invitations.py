"""Invitations for one person's calendar: METHOD:REQUEST and METHOD:CANCEL (RFC 5546 §3.2). Plain values in, bytes out.

The entry is the feed's own, with the same UID, SEQUENCE and DTSTAMP, and with whom it is between. One attendee a file:
nobody learns who else comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from seminars import clock
from seminars.calendars import ical, vtimezone
from seminars.calendars.lines import clean_line, instant, line

REQUEST, CANCEL = "REQUEST", "CANCEL"
_SCALE = b"CALSCALE:GREGORIAN\r\n"
_END = "END:VEVENT\r\n"
_ADDRESS_MARKS = "@+!$*'-._~"


@dataclass(frozen=True)
class Party:
    """One side of an invitation: a mailbox that takes mail, and a name (any text)."""

    email: str
    name: str = ""


def request(
    facts: ical.EntryFacts,
    *,
    organiser: Party,
    attendee: Party,
    partstat: str = "NEEDS-ACTION",
    stamped: datetime | None = None,
) -> bytes:
    """Return the file that invites, or tells a change: whichever SEQUENCE is higher counts (RFC 5546 §2.1.4).

    partstat: NEEDS-ACTION, ACCEPTED, TENTATIVE or DECLINED, as known so far. stamped: DTSTAMP is not before (aware
    UTC); it orders files of the same SEQUENCE. Raises ValueError as `ical.vevent`.
    """
    said = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": partstat, "RSVP": "TRUE"}
    return _whole(REQUEST, facts, organiser, _party("ATTENDEE", attendee, said), stamped)


def cancel(
    facts: ical.EntryFacts, *, organiser: Party, attendee: Party, stamped: datetime | None = None
) -> bytes:
    """Return the file that takes the entry out of the attendee's calendar (RFC 5546 §3.2.5). Else as `request`."""
    gone = replace(facts, status="CANCELLED")
    return _whole(CANCEL, gone, organiser, _party("ATTENDEE", attendee, {"ROLE": "REQ-PARTICIPANT"}), stamped)


# Below: how it is done.


def _whole(
    method: str, facts: ical.EntryFacts, organiser: Party, attendee: str, stamped: datetime | None
) -> bytes:
    entry = ical.without_html(ical.busy(ical.vevent(facts)))
    if stamped and stamped > facts.changed:
        entry = entry.replace(f"DTSTAMP:{instant(facts.changed)}", f"DTSTAMP:{instant(stamped)}", 1)
    entry = entry.removesuffix(_END) + _party("ORGANIZER", organiser, {}) + attendee + _END
    whole = ical.join(ical.CalendarFacts(), [entry], _law(facts))
    return whole.replace(_SCALE, _SCALE + f"METHOD:{method}\r\n".encode(), 1)


def _party(name: str, who: Party, said: dict[str, str]) -> str:
    name_of = clean_line(who.name).replace(
        "\\", "/"
    )  # parameters have no escapes, yet some programs read them
    words = {"CN": name_of or who.email}
    return line(name, f"mailto:{quote(who.email.strip(), safe=_ADDRESS_MARKS)}", words | said)


def _law(facts: ical.EntryFacts) -> Iterable[str]:
    """The VTIMEZONE of the entry, the same bytes as in a feed; none where it speaks of dates or in UTC."""
    if not facts.zone or not isinstance(facts.start, datetime) or not isinstance(facts.end, datetime):
        return []
    first, last = clock.to_instant(facts.start, facts.zone), clock.to_instant(facts.end, facts.zone)
    ruled = vtimezone.is_ruled(facts.zone, first)
    return [vtimezone.render(facts.zone, first, first if ruled else last).text]
