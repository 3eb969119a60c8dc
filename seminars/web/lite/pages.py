"""/l/…: the usual path after it, the usual view, and a page of a few kilobytes without script or picture."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, path, resolve
from django.urls.resolvers import ResolverMatch
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.web.lite.slimming import slim

PREFIX = "/l"
PAGES = frozenset(
    {
        "home",
        "community",
        "series",
        "session",
        "report",
        "topics",
        "topic",
        "speaker",
        "papers",
        "community_papers",
        "paper",
        "paper_version",
        "site_letters",
        "site_letter",
        "archive",
        "archive_item",
        "cite",
        "recording_verification",
        "archive_verification",
    }
)
"""Which pages have a small one, by the names of their addresses: what people read, with nothing to fill in."""


@require_safe
def lite(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Show the page at the path after /l/ in its Lite edition; one that has none is opened as it is."""
    full = f"/{rest}"
    match = found(full)
    query = request.META.get("QUERY_STRING", "")
    if match is None:
        return _with_slash(full, query)
    if match.url_name not in PAGES:
        return redirect(full + (f"?{query}" if query else ""))
    answer, status = answer_of(request, full, match)
    if answer is None:
        page: str = render_to_string("404.html", {"request_path": full}, request)
    elif "Location" in answer.headers:
        return _led(answer)
    elif not isinstance(answer, HttpResponse) or not answer.headers["Content-Type"].startswith("text/html"):
        return answer
    else:
        page = answer.content.decode()
    title, body = slim(page, lead=lead, search=_("Search"))
    context = {"title": title, "body": body, "full": full + (f"?{query}" if query else "")}
    small = render(request, "seminars/lite.html", context, status=status)
    _carry(answer, small)
    return small


def answer_of(request: HttpRequest, full: str, match: ResolverMatch) -> tuple[HttpResponseBase | None, int]:
    """Return what the page's own view answers, and its status; None where it knows of no such thing."""
    before = request.path, request.path_info, request.resolver_match
    request.path = request.path_info = full
    request.resolver_match = match
    request.lite = True  # type: ignore[attr-defined]  # read where something long is shown in parts
    try:
        answer = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return None, 404
    finally:
        request.path, request.path_info, request.resolver_match = before
    return answer, answer.status_code


@lru_cache(maxsize=4096)  # which page an address has never changes, and a list leads to hundreds
def name_of(full: str) -> str:
    """Return the name of the address that a path has, "" where it has none."""
    match = found(full)
    return (match.url_name or "") if match else ""


def found(full: str) -> ResolverMatch | None:
    """Return which view a path has, None where none has it."""
    try:
        return resolve(full)
    except Resolver404:
        return None


def lead(address: str) -> str:
    """Return where a link leads from a small page: to a small one where there is one."""
    if not address.startswith("/") or address.startswith(("//", f"{PREFIX}/")):
        return address
    return f"{PREFIX}{address}" if name_of(urlsplit(address).path) in PAGES else address


def lite_of(request: HttpRequest) -> str:
    """Return the address of this page's Lite edition, "" where it has none."""
    match = request.resolver_match
    if match is None or match.url_name not in PAGES or hasattr(request, "lite"):
        return ""
    return PREFIX + request.get_full_path()


def _with_slash(full: str, query: str) -> HttpResponseBase:
    """Lead to the address with its slash, as CommonMiddleware does for all others. Raises Http404."""
    if full.endswith("/") or found(f"{full}/") is None:
        raise Http404
    return redirect(f"{PREFIX}{full}/" + (f"?{query}" if query else ""), permanent=True)


def _led(answer: HttpResponseBase) -> HttpResponseBase:
    """An answer that leads on leads to the small page."""
    location = answer.headers["Location"]
    own = location.removeprefix(settings.MERIDIAN_URL)
    answer.headers["Location"] = lead(own) if own.startswith("/") else location
    return answer


def _carry(answer: HttpResponseBase | None, small: HttpResponse) -> None:
    """What the full page says about who may keep it holds for the small one."""
    if answer is None:
        return
    for name in ("Cache-Control", "Vary", "X-Robots-Tag"):
        if name in answer.headers:
            small.headers[name] = answer.headers[name]
    small.cookies.update(answer.cookies)


urlpatterns = [path("l/", lite, name="lite_home"), path("l/<path:rest>", lite, name="lite")]
