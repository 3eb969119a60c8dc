"""Documents that programs poll, Atom above all: one answer for everybody, and 304 while it stays the same."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from seminars.web.feeds import PUBLIC, marked

ATOM = "application/atom+xml; charset=utf-8"


def polled(request: HttpRequest, body: bytes, content_type: str = ATOM) -> HttpResponse:
    """Return the answer with `body`, or 304 where the reader has these bytes. It depends on its address alone.

    The caller made `body` in a language that the address decides, never the reader's own.
    """
    etag = f'W/"{sha256(body).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=content_type)
        response.headers["Content-Length"] = str(len(body))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = PUBLIC
    return marked(response)
