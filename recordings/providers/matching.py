"""Which session a recording at a provider is of: by meeting and hour; what is not certain, a person decides."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from django.utils.translation import gettext as _

from recordings.providers.interface import Piece
from seminars.people.models import Community
from seminars.sessions.models import Session

AROUND = timedelta(hours=3)
"""So far from its hour a session may begin, with the right meeting."""
NEAR = timedelta(minutes=45)
"""So far, where only the hour speaks for it."""
SHORTEST = timedelta(minutes=3)
"""A shorter recording is a test, whatever else fits."""


@dataclass(frozen=True)
class Match:
    """sure: nobody needs to ask. reason: else why not, for a person."""

    session: Session | None
    sure: bool = False
    reason: str = ""


def match(piece: Piece, *, community: Community) -> Match:
    """Return the session of the community that was recorded. Two queries."""
    rows = Session.objects.filter(series__community=community, cancelled_at=None, withdrawn_at=None)
    near = rows.filter(starts_at__gte=piece.began_at - AROUND, starts_at__lte=piece.began_at + AROUND)
    sessions = sorted(
        near.select_related("series").exclude(lead__isnull=False, echo="relay")[:50],
        key=lambda each: (abs((each.starts_at or piece.began_at) - piece.began_at), each.pk),
    )
    fitting = [each for each in sessions if meets_in(each, piece.meeting)]
    if piece.ended_at and piece.ended_at - piece.began_at < SHORTEST:
        return Match(
            next(iter(fitting or sessions), None),
            reason=_("It is shorter than three minutes: perhaps a test."),
        )
    if len(fitting) == 1:
        return Match(fitting[0], sure=True)
    if fitting:
        return Match(fitting[0], reason=_("Several sessions were in this meeting around that hour."))
    close = [each for each in sessions if each.starts_at and abs(each.starts_at - piece.began_at) <= NEAR]
    if len(close) == 1:
        return Match(close[0], reason=_("Only the hour fits: the session has another meeting, or none."))
    return Match(None, reason=_("No session of this meeting was around that hour."))


def meets_in(session: Session, meeting: str) -> bool:
    """Return whether the join address of the session, or of its series, names the meeting."""
    meeting = meeting.strip()
    if len(meeting) < 4:
        return False
    addresses = (session.join_url, session.series.join_url)
    return any(meeting in re.split(r"[/?&=#+\s]", unquote(each)) for each in addresses if each)
