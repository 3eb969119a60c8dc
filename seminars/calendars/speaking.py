"""The calendar file of somebody who appears at a session: from their arrival, not from the start."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seminars.calendars import ical
from seminars.calendars.entries import span_of
from seminars.people.models import Form
from seminars.sessions import dialling
from seminars.sessions.models import Session
from seminars.sessions.speaking.models import SpeakerLink
from seminars.sessions.state import DOORS
from seminars.words import say


def arrival_of(session: Session) -> datetime | None:
    """Return when those who appear are to be there (aware UTC); None for what has no hour."""
    return session.starts_at - DOORS if session.starts_at and session.local_time is not None else None


def speaker_file(link: SpeakerLink, *, page: str, join: str, language: str) -> bytes:
    """Return a calendar with one entry for the holder of `link`. Raises ValueError where the session has no date.

    page, join: whole addresses, `join` "" where there is nothing to join. The entry's UID is not the session's, so that
    a calendar that follows the series keeps both. Times are in UTC: the reader's program shows its own.
    """
    session = link.engagement.session
    with translation.override(language):
        facts = _facts(session, link, page, join, language)
    return ical.join(ical.CalendarFacts(), [ical.busy(ical.vevent(facts))], [])


def _facts(session: Session, link: SpeakerLink, page: str, join: str, language: str) -> ical.EntryFacts:
    span = span_of(session, utc=True)
    arrives = arrival_of(session)
    title = say(session.heading, language)
    return ical.EntryFacts(
        uid=f"{session.uid}-{link.engagement.pk}",
        sequence=session.sequence,
        created=link.made_at,
        changed=max(link.made_at, session.changed_at),
        start=arrives.astimezone(UTC) if arrives else span.start,
        end=span.end,
        summary=_("You appear: %(title)s") % {"title": title},
        status="CANCELLED" if session.cancelled_at else "CONFIRMED",
        language=language,
        description=_description(session, page, join),
        location=session.room if session.form == Form.IN_PERSON else session.room or join,
        url=page,
    )


def _description(session: Session, page: str, join: str) -> str:
    minutes = int(DOORS / timedelta(minutes=1))
    parts = []
    if arrival_of(session):
        parts.append(_("The entry begins %(minutes)d minutes early: be there then.") % {"minutes": minutes})
    if join:
        parts.append(_("Join: %(address)s") % {"address": join})
    if session.room:
        parts.append(_("Room: %(room)s") % {"room": session.room})
    for number in dialling.read(session.dial_in):
        said = number if isinstance(number, str) else number.say(get_language() or "en")
        parts.append(_("By phone: %(number)s") % {"number": said})
    parts.append(_("Your page, for you alone: %(address)s") % {"address": page})
    if contact := session.series.community.contact:
        parts.append(_("Questions: %(contact)s") % {"contact": contact})
    parts.append(settings.SITE_NAME)
    return "\n".join(parts)
