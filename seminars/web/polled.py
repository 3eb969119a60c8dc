"""Documents that programs poll, Atom above all: one answer for everybody, and 304 while it stays the same.

What takes long to make is made only when the facts it is made of have changed. Of each such address this process
remembers by which facts it was made last, and which bytes came of it; who has them is answered without making any.
"""

import gzip
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from seminars.calendars import memory
from seminars.web.feeds import PUBLIC, accepts_gzip, marked

ATOM = "application/atom+xml; charset=utf-8"


class Made(NamedTuple):
    """What an address gave last. changed: since when (seconds since 1970), later than of any other bytes before."""

    facts: str
    etag: str
    changed: int


_PACKED = {"image/png"}
_MOST = 4096  # addresses, each of some hundred bytes
_made: dict[str, Made] = {}


def polled(request: HttpRequest, body: bytes, content_type: str = ATOM) -> HttpResponse:
    """Return the answer with `body`, or 304 where the reader has these bytes. It depends on its address alone.

    The caller made `body` in a language that the address decides, never the reader's own.
    """
    etag = _etag(body)
    return _told(get_conditional_response(request, etag=etag) or _whole(request, body, content_type), etag)


def polled_by(
    request: HttpRequest, address: str, facts: str, make: Callable[[], bytes], content_type: str = ATOM
) -> HttpResponse:
    """Return the same for what `make` gives, which is called only where the reader may not have it yet.

    address: what decides, besides `facts`, what is given. facts: read before, they differ whenever the bytes would.
    """
    known = _made.get(address)
    if known and known.facts == facts and (response := _unless_new(request, known)):
        return response
    body = make()
    made = _remembered(address, known, facts, _etag(body))
    response = _unless_new(request, made)
    return response or _told(_whole(request, body, content_type), made.etag, made.changed)


def forget(**_named: object) -> None:
    """Forget all that was made: a setting has changed, as tests do."""
    _made.clear()


setting_changed.connect(forget)


# Below: how it is done.


def _remembered(address: str, known: Made | None, facts: str, etag: str) -> Made:
    """What was made now. What is read within a transaction may be undone, and is not kept."""
    since = int(timezone.now().timestamp())
    if known:
        since = known.changed if known.etag == etag else max(since, known.changed + 1)
    made = Made(facts, etag, since)
    if not memory.is_tentative():
        if len(_made) >= _MOST:
            _made.clear()
        _made[address] = made
    return made


def _unless_new(request: HttpRequest, made: Made) -> HttpResponse | None:
    found = get_conditional_response(request, etag=made.etag, last_modified=made.changed)
    return _told(found, made.etag, made.changed) if found is not None else None


def _etag(body: bytes) -> str:
    return f'W/"{sha256(body).hexdigest()[:32]}"'


def _whole(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    packed = content_type not in _PACKED and accepts_gzip(request.headers.get("Accept-Encoding", ""))
    body = gzip.compress(body, 6, mtime=0) if packed else body
    response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=content_type)
    response.headers["Content-Length"] = str(len(body))
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _told(response: HttpResponse, etag: str, changed: int | None = None) -> HttpResponse:
    response.headers["ETag"] = etag
    if changed is not None:
        response.headers["Last-Modified"] = http_date(changed)
    response.headers["Cache-Control"] = PUBLIC
    return marked(response)
