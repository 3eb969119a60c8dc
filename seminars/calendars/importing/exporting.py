"""All sessions of a community as one .ics file, which any program reads and which imports back equal.

Beside what iCalendar says, each entry holds a whole copy of its session (`copies`): several languages, the zone where
the time is said in UTC, a date by week only, what is postponed. Speakers, files and questions stay here.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.conf import settings

from seminars.calendars import ical, lines, vtimezone
from seminars.calendars.entries import span_of
from seminars.calendars.importing import copies, reading_ical
from seminars.calendars.importing.matching import values_of
from seminars.people.models import Community
from seminars.sessions.models import Precision, Session
from seminars.words import say

_END = "END:VEVENT\r\n"


def export(community: Community) -> tuple[bytes, int]:
    """Return the file and how many sessions it holds: all that are published, and were not withdrawn. Two queries."""
    sessions = Session.objects.filter(series__community=community, withdrawn_at=None).published()
    entries: list[str] = []
    used: dict[str, list[datetime]] = defaultdict(list)
    for session in sessions.select_related("series__community").order_by("starts_at", "pk"):
        values = values_of(session)
        if session.precision == Precision.NONE or session.local_date is None:
            entries.append(_journal(session, values))
            continue
        facts = _facts(session)
        bare = ical.vevent(facts)
        copy = lines.text_line(copies.PROPERTY, copies.written(values, _read_back(bare)))
        entries.append(bare.removesuffix(_END) + copy + _END)
        if facts.zone and session.starts_at and session.ends_at:
            used[facts.zone] += [session.starts_at, session.ends_at]
    zones = [
        vtimezone.render(zone, min(moments), max(moments)).text for zone, moments in sorted(used.items())
    ]
    name = say(community.name, community.language)
    calendar = ical.CalendarFacts(name=name, url=f"{settings.MERIDIAN_URL}/communities/{community.slug}/")
    return ical.join(calendar, entries, zones), len(entries)


# Below: how it is done.


def _facts(session: Session) -> ical.EntryFacts:
    """What the entry says by itself. A postponed session is tentative, as it has no date of its own any more."""
    span = span_of(session)
    language = session.language
    status = "CANCELLED" if session.cancelled_at else "TENTATIVE" if session.postponed_at else "CONFIRMED"
    ways = (ical.Conference(session.join_url, ("AUDIO", "VIDEO"), "Join"),) if session.join_url else ()
    return ical.EntryFacts(
        uid=str(session.uid),
        sequence=session.sequence,
        created=session.made_at,
        changed=session.changed_at,
        start=span.start,
        end=span.end,
        zone=span.zone,
        summary=say(session.heading, language),
        status=status,
        language=language,
        description=say(session.abstract, language),
        location=session.room,
        url=session.source_url,
        conferences=ways,
        categories=(say(session.series.title, language),),
        parent=str(session.series.uuid),
    )


def _read_back(bare: str) -> dict[str, Any]:
    """What the bare entry gives when it is read: whatever differs later was changed by somebody."""
    wrapped = f"BEGIN:VCALENDAR\r\n{bare}END:VCALENDAR\r\n".encode()
    reading = reading_ical.read(wrapped, zone="UTC", language="en", today=date(2000, 1, 1))
    return dict(reading.entries[0].values) if reading.entries else {}


def _journal(session: Session, values: dict[str, Any]) -> str:
    """A session without a date: no event may be without one (RFC 5545 §3.6.1), a journal may (§3.6.3)."""
    stamp = lines.instant(session.changed_at)
    return "".join(
        [
            "BEGIN:VJOURNAL\r\n",
            lines.text_line("UID", str(session.uid)),
            f"DTSTAMP:{stamp}\r\n",
            lines.text_line("SUMMARY", lines.clean_line(say(session.heading, session.language))),
            lines.text_line(copies.PROPERTY, copies.written(values, {})),
            "END:VJOURNAL\r\n",
        ]
    )
