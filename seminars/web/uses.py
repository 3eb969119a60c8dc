"""Count later use once an answer has left: no answer is slower, and none fails, for being counted.

No cookie, no pixel, no script: what is counted is that the server gave something, to a browser that asked for it.
"""

import logging
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from seminars.results.models import UseKind
from seminars.results.using import note_use
from seminars.sessions.models import Session
from seminars.web.joins import is_for_somebody, is_person

PAGE = "page"
LONGEST = 300
log = logging.getLogger(__name__)


class CountedPage(HttpResponse):
    """A page that counts that it was opened, when its bytes are away: the web server closes an answer after that."""

    count: Callable[[], None] | None = None

    def close(self) -> None:
        """Count it once, while the connection to the database still stands."""
        count, self.count = self.count, None
        if count:
            count()
        super().close()


def opened(request: HttpRequest, session: Session, page: HttpResponse) -> HttpResponse:
    """Return the page of a session that is over, which counts that somebody opened it; unchanged for programs."""
    if not is_person(request) or page.status_code != 200:
        return page
    counted = CountedPage(page.content, status=page.status_code, headers=dict(page.items()))
    counted.cookies = page.cookies
    counted.count = counter(request, session_id=session.pk, kind=UseKind.PAGE, edition=PAGE)
    return counted


def counter(
    request: HttpRequest, *, session_id: int, kind: UseKind, edition: str, size: int = 0, big: int = 0
) -> Callable[[], None]:
    """Return what counts this use when it is called; it never raises for a database that does not answer."""
    who, now = who_asks(request), timezone.now()

    def count() -> None:
        try:
            note_use(session_id=session_id, kind=kind, edition=edition, who=who, size=size, big=big, now=now)
        except Error:  # somebody watches already: what is lost is one of a number
            log.exception("A use of session %s could not be counted", session_id)

    return count


def who_asks(request: HttpRequest) -> str:
    """Return address and program, for a digest that lives thirty days at most; "" where the address is unknown."""
    try:
        address = str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # allauth's way to say that the proxy gave none
        return ""
    return f"{address}\n{request.headers.get('User-Agent', '')[:LONGEST]}"


def is_beginning(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Return whether `answer` gives a file from its first byte on, to somebody.

    A part from further on continues what was counted already; a part of two bytes is how some players ask whether
    parts can be had at all.
    """
    if not is_for_somebody(request):
        return False
    if answer.status_code == 200:
        return True
    said = answer.headers.get("Content-Range", "")
    return (
        answer.status_code == 206
        and said.startswith("bytes 0-")
        and not said.startswith(("bytes 0-0/", "bytes 0-1/"))
    )
