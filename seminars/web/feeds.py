"""Calendar feeds over HTTP (RFC 9110): no cookie, no session, one query while nothing has changed."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.calendars import feeds, shelf, tokens
from seminars.calendars.feeds import Answer
from seminars.calendars.scopes import Kind, Missing, Options, Revoked, Scope, dated
from seminars.sessions.models import Session
from seminars.web.visitors import visitor_of

PUBLIC = "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800"
PRIVATE = "private, max-age=300"
CALENDAR = "text/calendar; charset=utf-8"


class WrongOption(ValueError):
    """An option of the address has a value that it cannot have; the message says which it can."""


class FeedHeaders:
    """Lets caches hold a feed: it depends on its address alone, so it varies by neither cookie nor language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_feed", False):
            response.headers["Vary"] = "Accept-Encoding"
            for header in ("Content-Language", "Content-Security-Policy"):
                response.headers.pop(header, None)
            response.cookies.clear()
            if response.status_code == 304:
                response.headers.pop("Content-Length", None)  # it would be that of the whole calendar
            # Compressed already, where it is wanted: Django's own compression would ignore "gzip;q=0", and pad.
            request.META.pop("HTTP_ACCEPT_ENCODING", None)
        return response


@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    """The calendar of everything public."""
    return serve(request, Kind.SITE, "", "calendar.ics")


@require_safe
def community_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of an open community."""
    return serve(request, Kind.COMMUNITY, slug, f"{slug}.ics")


@require_safe
def series_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of a public series."""
    return serve(request, Kind.SERIES, slug, f"{slug}.ics")


@require_safe
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of one person, by its secret address: 404 where it never was one, 410 once it is replaced."""
    response = serve(request, Kind.PERSONAL, token, "my-sessions.ics")
    if response.status_code in {200, 304}:
        tokens.note_use(token, now=timezone.now())
    return response


@require_safe
def session_file(request: HttpRequest, slug: str) -> HttpResponse:
    """One session, to add to a calendar. One that is not public is there for those who may see it, signed in."""
    response = serve(request, Kind.SESSION, slug, f"{slug}.ics")
    if response.status_code == 404 and settings.SESSION_COOKIE_NAME in request.COOKIES:
        return own_session(request, slug)
    return response


def own_session(request: HttpRequest, slug: str) -> HttpResponse:
    """The file of a session that only some may see, made for the visitor and not kept."""
    visible = dated(Session.objects.visible_to(visitor_of(request))).select_related("series__community")
    found = visible.filter(slug=slug).first()
    if found is None:
        return missing()
    try:
        scope = Scope(Kind.SESSION, slug, options_of(request))
    except WrongOption as wrong:
        return refusal(str(wrong))
    body = feeds.make(scope, [found], feeds.subject_of_session(found), now=timezone.now())
    answer = Answer("", f'W/"{shelf.digest(body)}"', found.changed_at, "", body)
    return respond(request, answer, f"{slug}.ics", private=True)


def serve(request: HttpRequest, kind: Kind, name: str, filename: str) -> HttpResponse:
    """Answer a poll; 404 for what is not there or not for everybody."""
    try:
        scope = Scope(kind, name, options_of(request))
    except WrongOption as wrong:
        return refusal(str(wrong))
    try:
        answer = feeds.answer(scope, now=timezone.now())
    except Missing:
        return missing()
    except Revoked:
        return refusal(_("This calendar has a new address: its owner replaced this one."), 410)
    return respond(request, answer, filename, private=scope.private)


def options_of(request: HttpRequest) -> Options:
    """Return what the address asks for; names that are not ours are ignored. Raises WrongOption."""
    languages = [code for code, _name in settings.LANGUAGES]
    allowed = {"past": ["all"], "lang": languages, "tz": ["utc"]}
    given = {name: request.GET[name].lower() for name in allowed if name in request.GET}
    for name, value in given.items():
        if value not in allowed[name]:
            choices = ", ".join(f"{name}={choice}" for choice in allowed[name])
            raise WrongOption(
                _("“%(name)s” cannot be “%(value)s”. Leave it out, or choose: %(choices)s.")
                % {"name": name, "value": value[:40], "choices": choices}
            )
    return Options("past" in given, given.get("lang", ""), "tz" in given)


def respond(request: HttpRequest, answer: Answer, filename: str, *, private: bool) -> HttpResponse:
    """Return 304 where the reader has it already, else the bytes, compressed where that is accepted."""
    changed = int(answer.changed_at.timestamp())
    response = get_conditional_response(request, etag=answer.etag, last_modified=changed)
    if response is None:
        compressed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
        body, compressed = feeds.read(answer, compressed=compressed)
        response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=CALENDAR)
        response.headers["Content-Length"] = str(len(body))
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = answer.etag
    response.headers["Last-Modified"] = http_date(changed)
    response.headers["Cache-Control"] = PRIVATE if private else PUBLIC
    if private:
        response.headers["X-Robots-Tag"] = "noindex"
    return marked(response)


def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding takes gzip, by its weights (RFC 9110 §12.5.3)."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _sep, parameters = part.partition(";")
        weight = parameters.replace(" ", "").removeprefix("q=") or "1"
        try:
            weights[name.strip()] = float(weight)
        except ValueError:
            weights[name.strip()] = 0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def missing() -> HttpResponse:
    """Return 404: the same for what is hidden and what never was."""
    return refusal(_("There is no such calendar."), 404)


def refusal(words: str, status: int = 400) -> HttpResponse:
    """Return plain words: a program shows them, while a page would be read as an empty calendar."""
    response = HttpResponse(words + "\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return marked(response)


def marked(response: HttpResponse) -> HttpResponse:
    """Return the response, known to `FeedHeaders` as one of a feed."""
    response.is_feed = True  # type: ignore[attr-defined]
    return response


urlpatterns = [
    path("calendar.ics", site_feed, name="site_feed"),
    path("communities/<slug:slug>/calendar.ics", community_feed, name="community_feed"),
    path("series/<slug:slug>/calendar.ics", series_feed, name="series_feed"),
    path("sessions/<slug:slug>/session.ics", session_file, name="session_file"),
    path("me/calendar/<slug:token>.ics", personal_feed, name="personal_feed"),
]
