"""What would follow a session that moves or is called off: its parts, its twins and relays, each by name and time."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from seminars import clock
from seminars.sessions.carrying import follows, is_over
from seminars.sessions.fitting import said
from seminars.sessions.models import Echo, Session
from seminars.sessions.spans import Slot
from seminars.web.times import span_words


@dataclass(frozen=True)
class Follower:
    """One of them: its name, what it is, its time now and then; `after` is "" where it is called off or not known."""

    name: str
    kind: str
    before: str
    after: str = ""


def followed_by(
    session: Session, rows: list[Session], later: Slot | None, now: datetime, locale: str
) -> list[Follower]:
    """Return what of `rows` (`carrying.followers`) moves with `session` to `later`; None while that is unknown."""
    moved = copy(session)
    if later is not None:
        moved.local_date, moved.local_time = later.local_date, later.local_time
    found = []
    for each in rows:
        if each.withdrawn_at or each.cancelled_at or is_over(each, now):
            continue
        then = copy(each)
        updates = follows(each, session, moved, now) if later else {}
        for name, value in updates.items():
            setattr(then, name, value)
        found.append(
            Follower(said(each), kind_of(each), _span(each, locale), _span(then, locale) if updates else "")
        )
    return found


def called_off_with(rows: list[Session], now: datetime, locale: str) -> list[Follower]:
    """Return what of `rows` still takes place, and would not."""
    standing = [each for each in rows if not (each.cancelled_at or each.withdrawn_at or is_over(each, now))]
    return [Follower(said(each), kind_of(each), _span(each, locale)) for each in standing]


def kind_of(each: Session) -> str:
    """Say what it is to the session that it follows."""
    if each.lead_id is not None:
        return _("relay") if each.echo == Echo.RELAY else _("twin")
    return _("part")


def _span(session: Session, locale: str) -> str:
    if not (session.starts_at and session.ends_at):
        return ""
    first, last = (clock.to_wall(at, session.zone) for at in (session.starts_at, session.ends_at))
    return span_words(first, last, locale, short=True)
