"""How every answer travels: GET and HEAD only, an ETag, and how long caches may keep it (RFC 9110, RFC 9111)."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from seminars.api.problems import not_allowed
from seminars.web.visitors import visitor_of

PUBLIC = "public, max-age=60"
PRIVATE = "private, no-cache"


def reading(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return `view` for reading only. What nobody signed in may read, every cache may keep for a minute."""

    def read(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        method = request.method
        if method not in {"GET", "HEAD"}:
            return not_allowed(request)
        request.method = "GET"  # the server leaves the body of a HEAD out by itself
        response = view(request, *args, **names)
        request.method = method
        if not isinstance(response, HttpResponse) or response.status_code != 200:
            response.headers["Cache-Control"] = "no-store"
            return response
        return kept(request, response)

    return csrf_exempt(read)  # nothing is written, so no form is needed to be told 405


def kept(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Return the answer with its headers, or 304 where the reader has it already."""
    etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = PUBLIC if visitor_of(request).user_id is None else PRIVATE
    return get_conditional_response(request, etag=etag, response=response) or response
