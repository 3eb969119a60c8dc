"""Feeds of changes over HTTP: Atom and JSON Feed of the site, a community, a series, and any filter."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from seminars.calendars import entries, feeds, filters, news, scopes, shelf
from seminars.calendars.atom import atom
from seminars.calendars.scopes import Kind, Missing, Options, Scope
from seminars.web.feed_options import WrongOption, filters_in, options_in, unknown
from seminars.web.feeds import PUBLIC, marked, missing, problem
from seminars.web.polled import ATOM

TYPES = {
    "atom": ATOM,
    "json": "application/feed+json; charset=utf-8",
}


@require_safe
def site_news(request: HttpRequest, form: str) -> HttpResponse:
    """What changes in all that is public, or in what the address asks for."""
    return serve(request, Kind.SITE, "", form)


@require_safe
def community_news(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """What changes in an open community."""
    return serve(request, Kind.COMMUNITY, slug, form)


@require_safe
def series_news(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """What changes in a public series."""
    return serve(request, Kind.SERIES, slug, form)


def serve(request: HttpRequest, kind: Kind, name: str, form: str) -> HttpResponse:
    """Answer a reader: 304 by the version of the facts, before anything is read of them."""
    own = {(kind.value, name)} if name else set()
    try:
        options = options_in(request.GET)
        asked = set(filters_in(request.GET))
        scope = Scope(kind, name, options)
        if asked - own:
            scope = Scope(Kind.FILTER, filters.name_of(tuple(sorted(own | asked))), options)
        look = scopes.look(scope)
    except WrongOption as wrong:
        return problem(wrong)
    except Missing:
        return missing()
    except filters.WrongValue as wrong:
        return missing() if (wrong.field, wrong.value) in own else problem(unknown(wrong))
    said = "|".join([form, scope.key, look.version, entries.stamp(), settings.SITE_NAME])
    etag = f'W/"{shelf.digest(said.encode())}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        body = written(scope, request.get_full_path(), form)
        response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=TYPES[form])
        response.headers["Content-Length"] = str(len(body))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = PUBLIC
    return marked(response)


def written(scope: Scope, path_asked: str, form: str) -> bytes:
    """Return the document of a scope, at the address that was asked for."""
    subject = feeds.subject_of(scope)
    language = scope.options.language or subject.language
    if language not in {code for code, _name in settings.LANGUAGES}:
        language = settings.LANGUAGE_CODE
    plain = Scope(scope.kind, scope.name, Options(everything=True, language=language))
    with translation.override(language):
        told = news.pieces(scopes.sessions_of(plain, None), language=language)
        address = f"{settings.MERIDIAN_URL}{path_asked}"
        if form == "json":
            return news.json_feed(subject, told, address=address, language=language)
        return atom(subject, told, address=address, language=language, heading=news.heading_of(subject))


urlpatterns = [
    path(f"{where}changes.{form}", view, {"form": form}, name=f"{name}_{form}")
    for form in TYPES
    for where, view, name in (
        ("", site_news, "site_news"),
        ("communities/<slug:slug>/", community_news, "community_news"),
        ("series/<slug:slug>/", series_news, "series_news"),
    )
]
