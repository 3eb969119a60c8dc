"""Documents that programs poll, Atom above all: one answer for everybody, and 304 while it stays the same.

What takes long to make is made only when the facts it is made of have changed. Of each such address this process
remembers by which facts it was made last, and which bytes came of it; who has them is answered without making any.

Facts go without saying when they changed: much is told by counts. So the time told beside the bytes is when this
process first met the facts, and it is told only a minute later (RFC 9110 §8.8.2.2): by then no other process can still
answer with what was there before, nor give anything newer the same time.
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
    """What an address gave last. met: when its facts were first met here, in seconds since 1970."""

    facts: str
    etag: str
    met: int


SURE = 60
"""Seconds after which a time tells one state from the next."""
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
    name = sha256(address.encode(errors="surrogatepass")).hexdigest()  # addresses may be long, or secret
    known = _made.get(name)
    if known and known.facts == facts and (response := _unless_new(request, known)):
        return response
    body = make()
    made = Made(facts, _etag(body), int(timezone.now().timestamp()))
    if known and known[:2] == made[:2]:
        made = known
    else:
        _remember(name, made)
    response = _unless_new(request, made)
    return response or _told(_whole(request, body, content_type), made.etag, _changed(made))


def forget(**_named: object) -> None:
    """Forget all that was made: a setting has changed, as tests do."""
    _made.clear()


setting_changed.connect(forget)


# Below: how it is done.


def _remember(name: str, made: Made) -> None:
    """Keep what was made now; what is read within a transaction may be undone, and is not kept."""
    if memory.is_tentative():
        return
    if len(_made) >= _MOST:
        _made.clear()
    _made[name] = made


def _changed(made: Made) -> int | None:
    """Return since when, for sure, nothing else was given; None while that cannot be said."""
    return made.met if timezone.now().timestamp() - made.met >= SURE else None


def _unless_new(request: HttpRequest, made: Made) -> HttpResponse | None:
    changed = _changed(made)
    found = get_conditional_response(request, etag=made.etag, last_modified=changed)
    return _told(found, made.etag, changed) if found is not None else None


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
