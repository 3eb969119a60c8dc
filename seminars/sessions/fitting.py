"""Whether a part fits into its event and its room, and a relay after its lead. Decided here, for every verb."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.sessions.models import Echo, Session
from seminars.sessions.revising import locked
from seminars.words import say


@dataclass(frozen=True)
class Taken:
    """A room for a while. starts_at, ends_at: aware UTC; what ends when another begins is no clash.

    room: as people wrote it; parts without one share the event's own.
    """

    room: str
    starts_at: datetime
    ends_at: datetime
    name: str = ""
    pk: int | None = None

    @property
    def door(self) -> str:
        """The room, however it was typed."""
        return " ".join(self.room.split()).casefold()

    def meets(self, other: "Taken") -> bool:
        """Whether both are in one room at one moment."""
        return self.door == other.door and self.starts_at < other.ends_at and other.starts_at < self.ends_at


def first_clash(one: Taken, others: Iterable[Taken]) -> Taken | None:
    """Return the earliest of `others` that is in the room of `one` at the same time; itself does not count."""
    found = (each for each in others if each.meets(one) and (one.pk is None or each.pk != one.pk))
    return min(found, key=lambda each: (each.starts_at, each.pk or 0), default=None)


def taken_by(parts: Iterable[Session]) -> list[Taken]:
    """Return what the parts that take place hold; a cancelled, postponed or withdrawn one leaves its room free."""
    return [
        Taken(each.room, each.starts_at, each.ends_at, said(each), each.pk)
        for each in parts
        if each.starts_at and each.ends_at and not stands_still(each)
    ]


def refuse_misfit(session: Session, updates: Mapping[str, Any]) -> None:
    """Raise UserError where a part with `updates` would leave its event or clash, or a relay come before its lead ends.

    What is neither costs no query. Call it inside `atomic`.
    """
    later = copy(session)
    for name, value in updates.items():
        setattr(later, name, value)
    if stands_still(later):
        return
    if session.within_id is not None:
        event = locked(session.within_id)  # two who add or move parts at once wait for each other here
        refuse_outside(event, later)
        refuse_clash(later, event.parts.exclude(pk=session.pk).select_related("series"))
    if session.lead_id is not None:
        refuse_early(later, Session.objects.get(pk=session.lead_id))


def refuse_outside(event: Session, part: Session) -> None:
    """Raise UserError unless `part` lies within the days and hours of `event`."""
    if event.cancelled_at or event.withdrawn_at:
        raise UserError({"": _("The event is cancelled. Reinstate it first.")})
    if not (event.starts_at and event.ends_at and part.starts_at and part.ends_at):
        raise UserError({"wall": _("The event has no date yet. Give it one first.")})
    if part.starts_at < event.starts_at or part.ends_at > event.ends_at:
        span = {"name": said(part), "first": _at(event.starts_at, event), "last": _at(event.ends_at, event)}
        raise UserError(
            {"wall": _("“%(name)s” must lie within the event: from %(first)s to %(last)s.") % span}
        )


def refuse_clash(part: Session, others: Iterable[Session]) -> None:
    """Raise UserError, with the name of the other, where two parts are in one room at one time."""
    for mine in taken_by([part]):
        if other := first_clash(mine, taken_by(others)):
            told = {"name": other.name, "room": other.room, "first": _hour(other.starts_at, part)}
            told["last"] = _hour(other.ends_at, part)
            words = (
                _("“%(name)s” is in room %(room)s from %(first)s to %(last)s. Choose another hour or room.")
                if other.door
                else _(
                    "“%(name)s” is from %(first)s to %(last)s, and neither has a room."
                    " Choose another hour, or give each a room."
                )
            )
            raise UserError({"room": words % told})


def refuse_early(relay: Session, lead: Session) -> None:
    """Raise UserError where a relay starts before its lead has ended: there is no recording to show yet."""
    if relay.echo != Echo.RELAY or not relay.starts_at or not lead.ends_at:
        return
    if relay.starts_at < lead.ends_at:
        told = {"time": _at(lead.ends_at, relay)}
        raise UserError(
            {
                "wall": _("A relay shows the recording: it starts after %(time)s, when the session ends.")
                % told
            }
        )


def stands_still(session: Session) -> bool:
    """Whether people have decided that it does not take place as planned."""
    return bool(session.cancelled_at or session.postponed_at or session.withdrawn_at)


def said(session: Session) -> str:
    """Return the title to name a session by in a message."""
    return say(session.heading, session.language)


def _at(at: datetime, session: Session) -> str:
    return date_format(clock.to_wall(at, session.zone), "j F Y, H:i")


def _hour(at: datetime, session: Session) -> str:
    return f"{clock.to_wall(at, session.zone):%H:%M}"
