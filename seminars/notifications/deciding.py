"""What one registered person's calendar holds of a session, and what it is to be told now. Plain values.

Told are: an invitation to who wants one, another time, place or title, and that it does not take place. Who declined
hears of another time or place only, and of the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seminars.calendars.entries import span_of
from seminars.calendars.invitations import CANCEL, REQUEST
from seminars.notifications.seeing import Seen, columns_of, seen
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Partstat, Registration
from seminars.words import say


@dataclass(frozen=True)
class Shown:
    """A session as an invitation tells it. state: "on", "postponed", "off", "hidden", "undated" or "over".

    first, last: start and end in ISO 8601, with their zone. where: form and room; our link to join never changes.
    """

    state: str
    first: str = ""
    last: str = ""
    where: str = ""
    what: str = ""

    @property
    def place_in_time(self) -> tuple[str, str, str]:
        """What even those hear of who declined."""
        return self.first, self.last, self.where


_UNKNOWN, _UNSEEN = Shown("off"), Seen("undated")


@dataclass(frozen=True)
class Held:
    """What the last mail that left said. method: "" while none did. view: what its reader saw (`seeing.Seen`).

    asked_at: when they were last asked for this very time (aware UTC), None while they were not.
    """

    method: str = ""
    shown: Shown = _UNKNOWN
    view: Seen = _UNSEEN
    asked_at: datetime | None = None

    def kept(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        parts = (self.shown.state, *self.shown.place_in_time, self.shown.what)
        asked = self.asked_at.isoformat() if self.asked_at else ""
        return {"method": self.method, "shown": list(parts), "view": self.view.kept(), "asked": asked}


NOTHING = Held()


def held_of(kept: Mapping[str, Any] | None) -> Held:
    """Return what `Held.kept` gave; NOTHING of nothing."""
    if not kept:
        return NOTHING
    asked = datetime.fromisoformat(kept["asked"]) if kept["asked"] else None
    return Held(kept["method"], Shown(*kept["shown"]), Seen(*kept["view"]), asked)


def shown_of(session: Session, language: str, now: datetime) -> Shown:
    """Return the session as it is at `now` (aware UTC), its title in `language`. Load `series` with it."""
    where, what = f"{session.form} {session.room}".strip(), say(session.heading, language)
    if session.published_at is None or session.cancelled_at or session.withdrawn_at:
        state = "off"
    else:
        state = "postponed" if session.postponed_at else "on"
    try:
        span = span_of(session)
    except ValueError:
        return Shown("off" if state == "off" else "undated", where=where, what=what)
    over_at = session.closed_at or session.ends_at
    if over_at and over_at <= now:
        state = "over"
    return Shown(state, f"{span.start.isoformat()} {span.zone}".strip(), span.end.isoformat(), where, what)


def method_of(registration: Registration, shown: Shown, held: Held) -> str:
    """Return "REQUEST", "CANCEL", or "" where there is nothing to tell. Load `session__series` with it."""
    if shown.state in {"over", "undated"}:
        return ""
    holds = held.method == REQUEST
    takes_place = shown.state in {"on", "postponed"}
    wanted = registration.stands and takes_place and (holds or registration.session.series.invites)
    if not wanted or not registration.wants_invitation:
        return CANCEL if holds else ""
    if registration.partstat == Partstat.DECLINED and held.method:
        return REQUEST if shown.place_in_time != held.shown.place_in_time else ""
    return REQUEST if not holds or shown != held.shown else ""


def deed(method: str, registration: Registration, shown: Shown, held: Held) -> str:
    """Return what the mail tells: "invited", "moved", "changed", "postponed", "back", "again", "cancelled", "left"."""
    if method == CANCEL:
        return "cancelled" if shown.state == "off" else "left"
    if held.method == CANCEL and held.shown.state == "off":
        return "back"
    if held.method != REQUEST:
        return "invited"
    if shown.state == "postponed" != held.shown.state:
        return "postponed"
    if (shown.first, shown.last) != (held.shown.first, held.shown.last):
        return "moved"
    if shown.state != held.shown.state:
        return "back"
    return "again" if shown == held.shown else "changed"


def held_after(method: str, session: Session, shown: Shown, held: Held, zone: str, now: datetime) -> Held:
    """Return what the reader's calendar holds once a mail of `method` has left."""
    same_time = held.method and (shown.first, shown.last) == (held.shown.first, held.shown.last)
    asked_at = held.asked_at if same_time else now
    return Held(method, shown, seen(columns_of(session), zone), asked_at)


def partstat_of(registration: Registration, held: Held, shown: Shown) -> str:
    """Return the answer as the invitation says it; after a move it is asked for anew (RFC 5546 §3.2.2.1)."""
    moved = held.method and (shown.first, shown.last) != (held.shown.first, held.shown.last)
    answered = registration.answered_at
    late = answered is not None and held.asked_at is not None and answered < held.asked_at
    stands = answered is not None and not moved and not late
    return (registration.partstat if stands else Partstat.NEEDS_ACTION).upper()
