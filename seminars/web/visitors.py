"""Who is looking at this page: the visitor, and what every template may know."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject

from seminars.people.models import Community
from seminars.people.visitors import Visitor
from seminars.series.models import Part, Series
from seminars.web.lite.pages import lite_of
from seminars.web.mailbox import is_shown

IN_A_SERIES = 0  # no community has this number


def visitor_of(request: HttpRequest) -> Visitor:
    """Return the visitor behind a request. Reads the session, so pages that need no account never call it."""
    user = request.user
    if not user.is_authenticated:
        return Visitor()
    return Visitor(user_id=user.pk, is_admin=user.is_superuser)


class VisitorMiddleware:
    """Puts a lazy `request.visitor` on every request; keeps what the signed-in are shown out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visitor = SimpleLazyObject(lambda: visitor_of(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every template may name. `organises` asks the database only when a page shows it."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.MERIDIAN_URL,
        "organises": SimpleLazyObject(lambda: organises(request)),
        "mailbox_is_open": is_shown(request),
        "lite_href": lite_of(request),
        "saves_data": saves_data(request),
    }


def saves_data(request: HttpRequest) -> bool:
    """Whether the browser asks for as few bytes as possible (`Save-Data: on`)."""
    return request.headers.get("Save-Data", "").lower() == "on"


def organises(request: HttpRequest) -> bool:
    """Whether the visitor plans for any community or has a part in any series, so that the page leads there."""
    visitor = visitor_of(request)
    return visitor.is_admin or bool(organised_ids(request))


def organises_in(request: HttpRequest, community_id: int) -> bool:
    """Whether the visitor plans for this community."""
    return visitor_of(request).is_admin or community_id in organised_ids(request)


def organised_ids(request: HttpRequest) -> frozenset[int]:
    """Return the communities the visitor plans for, and `IN_A_SERIES` for who has a part in any series.

    One question a request, none for somebody not signed in.
    """
    known = getattr(request, "organised_ids", None)
    if isinstance(known, frozenset):
        return known
    visitor = visitor_of(request)
    found: frozenset[int] = frozenset()
    if visitor.user_id:
        planned = Community.objects.organised_by(visitor).values_list("pk", flat=True)
        parts = Series.objects.with_role(visitor, Part.values).values_list(Value(IN_A_SERIES), flat=True)
        found = frozenset(planned.union(parts))
    request.organised_ids = found  # type: ignore[attr-defined]
    return found
