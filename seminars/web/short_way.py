"""The short way of a poll: a feed is answered before sessions, languages, accounts and messages are looked at.

A calendar program has no cookie, and a feed depends on its address alone; so what the layers between add to a request
is thrown away again. Only what programs get every day goes this way, 200 and 304. Everything else, refusals and
failures too, goes the long way and is answered there as any page is, in the reader's language.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern

from seminars.calendars.scopes import Scope
from seminars.web import feeds

_ROUTES = URLResolver(RegexPattern(r"^/"), feeds.urlpatterns)
_MOST = 8192  # addresses, each of some hundred bytes
_read: dict[tuple[str, str], tuple[Scope, str]] = {}
"""Calendars by path and query: what an address asks for never changes, so it is read once."""


def known(path: str, query: str) -> tuple[Scope, str] | None:
    """Return the calendar and its file's name where the address has been read in this process."""
    return _read.get((path, query))


class ShortWay:
    """Stands behind SecurityMiddleware, whose headers a feed has too, and before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return (answer(request) if is_poll(request) else None) or self.get_response(request)


def is_poll(request: HttpRequest) -> bool:
    """Return whether a program without an account asks for a calendar."""
    if not request.path_info.endswith(".ics") or request.method not in {"GET", "HEAD"}:
        return False
    return settings.SESSION_COOKIE_NAME not in request.META.get("HTTP_COOKIE", "")


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return the feed, or that it has not changed; None for whatever the long way has to say."""
    try:
        request.get_host()  # raises for a host that is not ours
        response = _serve(request)
    except Resolver404:
        return None
    except Exception:  # noqa: BLE001 — whatever it was, the long way meets it again, says and logs it
        return None
    if response.status_code not in {200, 304}:
        return None
    response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return feeds.settled(response)


def _serve(request: HttpRequest) -> HttpResponse:
    address = request.path_info, request.META.get("QUERY_STRING", "")
    known = _read.get(address)
    if known is not None:
        return feeds.repeat(request, *known)
    found = _ROUTES.resolve(request.path_info)
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    if (poll := getattr(response, "poll", None)) is not None:
        if len(_read) >= _MOST:
            _read.clear()
        _read[address] = poll
    return response
