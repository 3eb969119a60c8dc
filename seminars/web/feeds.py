"""Calendar feeds over HTTP (RFC 9110): no cookie, no session, one query while nothing has changed."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import path
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.calendars import feeds, filters, ical, noting, shelf
from seminars.calendars.feeds import Answer
from seminars.calendars.scopes import Kind, Missing, Revoked, Scope, dated
from seminars.sessions.models import Session
from seminars.web.feed_options import WrongOption, filters_in, options_in, unknown
from seminars.web.visitors import visitor_of

PUBLIC = "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800"
PRIVATE = "private, max-age=300"
CALENDAR = "text/calendar; charset=utf-8"


class FeedHeaders:
    """Lets caches hold a feed: it depends on its address alone, so it varies by neither cookie nor language.

    And keeps every 304 from saying a length: it would be that of the whole (RFC 9110 §8.6); CommonMiddleware says 0.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_feed", False):
            settled(response)
            # Compressed already, where it is wanted: Django's own compression would ignore "gzip;q=0", and pad.
            request.META.pop("HTTP_ACCEPT_ENCODING", None)
        if response.status_code == 304:
            response.headers.pop("Content-Length", None)
        return response


def settled(response: HttpResponse) -> HttpResponse:
    """Return a feed's response without what it has of its reader, and with what a 304 may say."""
    response.headers["Vary"] = "Accept-Encoding"
    for header in ("Content-Language", "Content-Security-Policy"):
        response.headers.pop(header, None)
    response.cookies.clear()
    if response.status_code == 304:
        response.headers.pop("Content-Length", None)  # it would be that of the whole calendar
    return response


@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    """The calendar of everything public."""
    return serve_filtered(request, Kind.SITE, "", "calendar.ics")


@require_safe
def community_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of an open community."""
    return serve_filtered(request, Kind.COMMUNITY, slug, f"{slug}.ics")


@require_safe
def series_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of a public series."""
    return serve_filtered(request, Kind.SERIES, slug, f"{slug}.ics")


@require_safe
def topic_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of a topic, across communities; under every short name that it ever had."""
    return serve_chosen(request, ("topic", slug), f"{slug}.ics")


@require_safe
def speaker_feed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The calendar of one person's public appearances."""
    return serve_chosen(request, ("speaker", str(uuid)), "speaker.ics")


@require_safe
def language_feed(request: HttpRequest, tag: str) -> HttpResponse:
    """The calendar of what is held in one language."""
    return serve_chosen(request, ("language", tag), f"{tag}.ics")


@require_safe
def archive_feed(request: HttpRequest) -> HttpResponse:
    """The calendar of what can be heard or watched."""
    return serve_chosen(request, ("only", "archive"), "archive.ics")


@require_safe
def external_feed(request: HttpRequest) -> HttpResponse:
    """The calendar of other people's events."""
    return serve_chosen(request, ("only", "external"), "elsewhere.ics")


@require_safe
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of one person, by its secret address: 404 where it never was one, 410 once it is replaced."""
    return _serve_person(request, Scope(Kind.PERSONAL, token), "my-sessions.ics")


@require_safe
def tasks_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What an organiser owes, as tasks, by its secret address; likewise."""
    return _serve_person(request, Scope(Kind.TASKS, token), "my-tasks.ics")


def _serve_person(request: HttpRequest, scope: Scope, filename: str) -> HttpResponse:
    """Answer a poll of a secret address."""
    return serve(request, scope.kind, scope.name, filename)


def serve_chosen(request: HttpRequest, own: tuple[str, str], filename: str) -> HttpResponse:
    """Answer a poll of a filter with an address of its own; 404 where nothing public ever had its value."""
    try:
        pairs = tuple(sorted({own, *filters_in(request.GET)}))
        return serve(request, Kind.FILTER, filters.name_of(pairs), filename)
    except WrongOption as wrong:
        return problem(wrong)
    except filters.WrongValue as wrong:
        return missing() if (wrong.field, wrong.value) == own else problem(unknown(wrong))


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
        scope = Scope(Kind.SESSION, slug, options_in(request.GET))
    except WrongOption as wrong:
        return problem(wrong)
    body = feeds.make(scope, [found], feeds.subject_of_session(found), now=timezone.now())
    answer = Answer("", f'W/"{shelf.digest(body)}"', found.changed_at, "", body)
    return respond(request, answer, f"{slug}.ics", private=True, alarms=scope.options.alarms)


def serve(request: HttpRequest, kind: Kind, name: str, filename: str) -> HttpResponse:
    """Answer a poll; 404 for what is not there or not for everybody. Raises filters.WrongValue."""
    try:
        scope = Scope(kind, name, options_in(request.GET))
    except WrongOption as wrong:
        return problem(wrong)
    try:
        response = repeat(request, scope, filename)
    except Missing:
        return missing()
    except Revoked:
        return refusal(_("This calendar has a new address: its owner replaced this one."), 410)
    response.poll = scope, filename  # type: ignore[attr-defined]
    return response


def repeat(request: HttpRequest, scope: Scope, filename: str) -> HttpResponse:
    """Answer a poll of a calendar whose address has been read; of a secret one remember which program came.

    Raises what `feeds.answer` raises.
    """
    now = timezone.now()
    answer = feeds.answer(scope, now=now)
    response = respond(request, answer, filename, private=scope.private, alarms=scope.options.alarms)
    if response.status_code in {200, 304} and (scope.private or answer.body is None):
        noting.note_use(scope, request.headers.get("User-Agent", ""), now=now)
    return response


def serve_filtered(request: HttpRequest, kind: Kind, name: str, filename: str) -> HttpResponse:
    """Answer a poll of the site, a community or a series, of which the address may ask for some sessions only."""
    own = {(kind.value, name)} if name else set()
    try:
        asked = set(filters_in(request.GET))
    except WrongOption as wrong:
        return problem(wrong)
    if not asked - own:
        return serve(request, kind, name, filename)
    try:
        pairs = tuple(sorted(own | asked))
        return serve(request, Kind.FILTER, filters.name_of(pairs), filename)
    except filters.WrongValue as wrong:
        return missing() if (wrong.field, wrong.value) in own else problem(unknown(wrong))


def respond(
    request: HttpRequest, answer: Answer, filename: str, *, private: bool, alarms: tuple[int, ...] = ()
) -> HttpResponse:
    """Return 304 where the reader has it already, else the bytes, compressed where that is accepted.

    alarms: minutes before the start; reminders are put in now, so the kept bytes serve everybody.
    """
    changed = int(answer.changed_at.timestamp())
    if alarms:
        etag = f'{answer.etag.removesuffix(chr(34))}-{".".join(map(str, alarms))}"'
        answer = replace(answer, etag=etag)
    response: HttpResponse | None = HttpResponseNotModified() if _is_known(request, answer.etag) else None
    response = response or get_conditional_response(request, etag=answer.etag, last_modified=changed)
    if response is None:
        compressed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
        body, compressed = (
            _reminding(answer, alarms, compressed) if alarms else feeds.read(answer, compressed=compressed)
        )
        response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=CALENDAR)
        response.headers["Content-Length"] = str(len(body))
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = answer.etag
    for name, value in kept_headers(changed, private=private):
        response.headers[name] = value
    return marked(response)


@lru_cache(maxsize=4096)
def kept_headers(changed: int, *, private: bool) -> tuple[tuple[str, str], ...]:
    """Return what caches and programs are told besides the ETag. changed: seconds since 1970."""
    found = ("Last-Modified", http_date(changed)), ("Cache-Control", PRIVATE if private else PUBLIC)
    return (*found, ("X-Robots-Tag", "noindex")) if private else found


def _is_known(request: HttpRequest, etag: str) -> bool:
    """Whether it is the plainest of all conditions, as every program sends it; else Django weighs them."""
    asked = request.META
    return (
        asked.get("HTTP_IF_NONE_MATCH") == etag
        and request.method in {"GET", "HEAD"}
        and not ("HTTP_IF_MATCH" in asked or "HTTP_IF_UNMODIFIED_SINCE" in asked)
    )


def _reminding(answer: Answer, alarms: tuple[int, ...], compressed: bool) -> tuple[bytes, bool]:
    """Return the bytes with reminders, and whether they are compressed."""
    plain, _compressed = feeds.read(answer, compressed=False)
    body = ical.with_alarms(plain.decode(), alarms).encode()
    return (gzip.compress(body, 6, mtime=0), True) if compressed else (body, False)


@lru_cache(maxsize=256)
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


def problem(wrong: WrongOption) -> HttpResponse:
    """Return 400 with a problem document (RFC 9457): what is wrong, in words, and what may be there instead."""
    found = {
        "type": "about:blank",
        "title": _("This calendar address asks for something that there is not."),
        "status": 400,
        "detail": str(wrong),
        "parameter": wrong.name,
        "allowed": wrong.allowed,
    }
    body = json.dumps({name: value for name, value in found.items() if value}, ensure_ascii=False, indent=1)
    response = refusal(body)
    response.headers["Content-Type"] = "application/problem+json; charset=utf-8"
    return response


def marked(response: HttpResponse) -> HttpResponse:
    """Return the response, known to `FeedHeaders` as one of a feed."""
    response.is_feed = True  # type: ignore[attr-defined]
    return response


urlpatterns = [
    path("calendar.ics", site_feed, name="site_feed"),
    path("communities/<slug:slug>/calendar.ics", community_feed, name="community_feed"),
    path("series/<slug:slug>/calendar.ics", series_feed, name="series_feed"),
    path("sessions/<slug:slug>/session.ics", session_file, name="session_file"),
    path("topics/<slug:slug>/calendar.ics", topic_feed, name="topic_feed"),
    path("speakers/<uuid:uuid>/calendar.ics", speaker_feed, name="speaker_feed"),
    path("languages/<slug:tag>/calendar.ics", language_feed, name="language_feed"),
    path("archive/calendar.ics", archive_feed, name="archive_feed"),
    path("elsewhere/calendar.ics", external_feed, name="external_feed"),
    path("me/tasks/<slug:token>.ics", tasks_feed, name="tasks_feed"),
    path("me/calendar/<slug:token>.ics", personal_feed, name="personal_feed"),
]
