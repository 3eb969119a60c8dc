"""Who may go through the join link where places are counted: who has one, and those who hold the session."""

from dataclasses import dataclass

from django.http import HttpRequest

from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration, Seat, Terms
from seminars.sessions.registration.seating import place_in_line
from seminars.sessions.registration.terms import needs_place
from seminars.sessions.sites.models import ListeningSite
from seminars.web.joins import TICKET
from seminars.web.visitors import visitor_of

HOPING = {Seat.WAITING, Seat.ASKED, Seat.OFFERED}
"""Where somebody stands who may get a place yet."""


@dataclass(frozen=True)
class Bar:
    """Why somebody is not let in. registration: theirs, if it is known; at: their number on the waiting list."""

    registration: Registration | None = None
    at: int = 0

    @property
    def hopes(self) -> bool:
        """Whether they may get a place yet, so that looking again is worth it."""
        found = self.registration
        return found is not None and found.counts and found.seat in HOPING


def bar_of(request: HttpRequest, session: Session, terms: Terms) -> Bar | None:
    """Return why the visitor is not let in; None who is. Nothing is asked of the database for an open session.

    Known are who is signed in and who comes by the secret of a mail: of a registration, or of a listening site, which
    needs a line and not a place. Load `speakers__person` with the session.
    """
    if not needs_place(session, terms):
        return None
    found = known_registration(request, session)
    if (found and found.stands) or _is_site(request, session) or holds(request, session):
        return None
    waits = found is not None and found.counts and found.seat == Seat.WAITING
    return Bar(found, place_in_line(found) if found and waits else 0)


def known_registration(request: HttpRequest, session: Session) -> Registration | None:
    """Return the registration of who comes by its secret, else of who is signed in, with a place or without."""
    token = request.GET.get(TICKET, "")
    if token and (found := Registration.objects.filter(session=session, token=token[:64]).first()):
        return found
    visitor = visitor_of(request)
    if visitor.user_id is None:
        return None
    mine = list(Registration.objects.own(visitor).filter(session=session))  # one for each address of theirs
    return next((each for each in mine if each.stands), mine[0] if mine else None)


def holds(request: HttpRequest, session: Session) -> bool:
    """Return whether the visitor organises, hosts, takes notes or speaks: they need no place."""
    visitor = visitor_of(request)
    if visitor.user_id is None:
        return False
    if any(each.person.user_id == visitor.user_id for each in session.speakers.all()):
        return True
    mine = (Session.objects.hosted_by(visitor), Session.objects.noted_by(visitor))
    return any(each.filter(pk=session.pk).exists() for each in mine)


def _is_site(request: HttpRequest, session: Session) -> bool:
    token = request.GET.get(TICKET, "")
    return bool(token) and ListeningSite.objects.standing().filter(session=session, token=token[:64]).exists()
