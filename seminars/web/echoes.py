"""One page for one topic at several hours: the session, its twins and relays, and which of them is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.access import ONCE
from seminars.people.visitors import Visitor
from seminars.sessions.fitting import stands_still
from seminars.sessions.models import Echo, Session, SpeakerRole
from seminars.sessions.questions.opening import is_open, was_asked
from seminars.web.listing import Row, rows_of


@dataclass(frozen=True)
class Hour:
    """One of the hours at which a topic is held: what it is in words, and whether the page's state is its own.

    asks: whether it is not the lead, and takes questions now or was asked some: each hour has its own, put to who was
    there, and only the lead's stand below.
    """

    row: Row
    words: str
    is_next: bool
    asks: bool = False


def lead_of(echo: Session, visitor: Visitor) -> Session | None:
    """Return the session on whose page `echo` stands; None where the visitor may not see it, or it was withdrawn."""
    return Session.objects.visible_to(visitor).filter(pk=echo.lead_id or 0, withdrawn_at=None).first()


def kin_of(session: Session, visitor: Visitor) -> list[Session]:
    """Return what hangs together with `session` and may be seen by the visitor, by hour. One query.

    Its twins and relays, its parts; the event that it is part of itself, with the other parts.
    """
    kin = Q(lead=session) | Q(within=session)
    if session.within_id is not None:
        kin |= Q(pk=session.within_id) | Q(within=session.within_id)
    shown = Session.objects.visible_to(visitor).filter(kin, withdrawn_at=None).exclude(pk=session.pk)
    found = list(shown.select_related(*ONCE).order_by("starts_at", "id"))
    for each in found:
        if each.lead_id == session.pk:
            each.lead = session
    return found


def hours_of(lead: Row, echoes: Sequence[Session], now: datetime) -> list[Hour]:
    """Return the hours of a session that has `echoes`, its twins and relays, the earliest first; [] without any."""
    if not echoes:
        return []
    rows = sorted(
        [lead, *rows_of(echoes, now)], key=lambda row: (row.session.starts_at or now, row.session.pk)
    )
    following = next_of(rows) or lead
    return [
        Hour(row, words_of(row.session), row is following, row is not lead and _asks(row.session, now))
        for row in rows
    ]


def _asks(echo: Session, now: datetime) -> bool:
    return is_open(echo, now) or was_asked(echo)


def next_of(rows: Sequence[Row]) -> Row | None:
    """Return the first of `rows`, in order of time, that is not over and takes place as planned."""
    return next((row for row in rows if not row.is_over and not stands_still(row.session)), None)


def words_of(session: Session) -> str:
    """Say what this hour is: live, live again, or the recording with somebody present."""
    if session.echo == Echo.TWIN:
        return _("Live again: a twin session")
    if session.echo == Echo.RELAY:
        host = next(
            (each.person.name for each in session.speakers.all() if each.role == SpeakerRole.HOST), ""
        )
        return (
            _("The recording, with %(host)s present") % {"host": host}
            if host
            else _("The recording, with a host")
        )
    return _("Live")
