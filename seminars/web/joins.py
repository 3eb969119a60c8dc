"""Note who goes through the join link, once the answer has left: it is never slower, and never fails, for that."""

import logging
import re
from datetime import datetime

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.sessions.attendance import noting
from seminars.sessions.attendance.models import Way
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.web.visitors import visitor_of

TICKET = "r"  # in the address of who comes from a mail: the secret of their registration
_PROGRAM = re.compile(
    r"(?i)bot\b|crawl|spider|scan|preview|proxy|fetch|monitor|curl|wget|python|java/|go-http|okhttp|headlesschrome"
    r"|meridian[ /]|safelinks|barracuda|mimecast|proofpoint|facebookexternalhit|whatsapp|slack|discord|telegram"
    r"|skypeuripreview"
)
log = logging.getLogger(__name__)


class NotingRedirect(HttpResponseRedirect):
    """Leads on, and when its bytes are away notes who went. The web server closes an answer after sending it."""

    def __init__(self, to: str, *, request: HttpRequest, session: Session, now: datetime) -> None:
        """Lead `to`, an address of ours or of the meeting program."""
        super().__init__(to)
        self._noted = False
        self._asked = (request, session, now)

    def close(self) -> None:
        """Note it once, while the connection to the database still stands."""
        if not self._noted:
            self._noted = True
            try:
                _note(*self._asked)
            except (Error, UserError):  # somebody is in the meeting already: what is lost is a line of a list
                log.exception("A join of “%s” could not be noted", self._asked[1].slug)
        super().close()


def noted(
    request: HttpRequest, session: Session, answer: HttpResponseRedirect, now: datetime
) -> HttpResponse:
    """Return the redirect of an open door, which notes who goes through it; unchanged for what is no person."""
    if not is_person(request):
        return answer
    return NotingRedirect(answer.url, request=request, session=session, now=now)


def is_person(request: HttpRequest) -> bool:
    """Return whether a browser asks for somebody: not a scanner of mails, a preview, a prefetch, a HEAD.

    A browser says which languages its reader knows; where it says why it asks, it asks for a page to show.
    """
    headers = request.headers
    shows = headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return is_for_somebody(request) and bool(headers.get("Accept-Language")) and shows


def is_for_somebody(request: HttpRequest) -> bool:
    """Return whether a page or file is asked for by no program that says so, now, and not only in advance."""
    headers = request.headers
    if request.method != "GET" or "prefetch" in (headers.get("Sec-Purpose", "") + headers.get("Purpose", "")):
        return False
    agent = headers.get("User-Agent", "")
    return bool(agent) and not _PROGRAM.search(agent)


def _note(request: HttpRequest, session: Session, now: datetime) -> None:
    """By the secret in the address, else by the account; of others only that one more came. No cookie is set."""
    registration, person = _by_ticket(request, session), None
    visitor = visitor_of(request)
    if registration is None and visitor.user_id is not None:
        mine = Registration.objects.of_visitor(visitor).filter(session=session)
        registration = mine.select_related("person__user").first()
        person = (
            None
            if registration
            else Person.objects.filter(user=visitor.user_id).select_related("user").first()
        )
    if registration or person:
        noting.note(
            session=session,
            registration=registration,
            person=person,
            way=Way.JOIN,
            source=noting.JOIN,
            now=now,
        )
    else:
        noting.count_join(session=session)


def _by_ticket(request: HttpRequest, session: Session) -> Registration | None:
    token = request.GET.get(TICKET, "")
    if not 8 <= len(token) <= 64:
        return None
    rows = Registration.objects.standing().filter(session=session, token=token)
    return rows.select_related("person__user").first()
