"""Gives a public file again at little cost: what lies at its address was found out when it was first asked for.

A film is read in hundreds of parts, and finding out for each who may see what costs far more than giving it. So the
answer is remembered, with the question whether all of it still holds: this file, by this name, of a recording that is
public and not withdrawn. That one question is asked for every part, so nothing is given a moment longer than it may
be. Where the answer is no, where anything is the matter, and for all that is not everybody's, the long way decides.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.exceptions import DisallowedHost
from django.core.signals import setting_changed
from django.db import Error, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from recordings.catalogue.models import Original, Recording
from recordings.renditions.models import Rendition
from recordings.web.media import Given, give
from seminars.people.visitors import NOBODY

Address = tuple[str, bool]
_OF_ALL = "Content-Security-Policy", "X-Frame-Options"  # what the layers between give every answer
_GIVEN = {200, 206, 304}
_MOST = 1024  # addresses, each of some kilobytes


class Known(NamedTuple):
    """What an address gave, the question whether it still does, as SQL, and the headers of every answer."""

    given: Given
    sql: str
    params: tuple[Any, ...]
    headers: dict[str, str]


_known: dict[Address, Known] = {}


class MediaAgain:
    """Stands behind SecurityMiddleware, whose headers a file has too, and before everything that costs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address = address_of(request)
        if address is None:
            return self.get_response(request)
        known = _known.get(address)
        if known is not None:
            if answer := again(request, known):
                return answer
            _known.pop(address, None)
        response = self.get_response(request)
        given: Given | None = getattr(request, "given", None)
        if given is not None and given.public and response.status_code in _GIVEN:
            learn(address, given, response)
        return response


def address_of(request: HttpRequest) -> Address | None:
    """Return what makes a file's address, and whether it is to be saved; None where no file can be.

    Its last part is a name that anybody may choose: the long way does not look at it either.
    """
    path = request.path_info
    if "/files/" not in path or request.method not in {"GET", "HEAD"} or "\x00" in path:
        return None
    folder, _slash, name = path.rpartition("/")
    return (folder, "download" in request.GET) if name else None


def again(request: HttpRequest, known: Known) -> HttpResponseBase | None:
    """Return the answer where all still holds; None for whatever the long way has to say."""
    try:
        request.get_host()  # raises for a host that is not ours
        with connection.cursor() as cursor:
            cursor.execute(known.sql, known.params)
            if cursor.fetchone() is None:
                return None
        answer = give(request, known.given)
    except (DisallowedHost, Error, OSError):  # the long way meets it again, says and logs it
        return None
    for name, value in known.headers.items():
        answer.headers[name] = value
    if isinstance(answer, HttpResponse) and answer.status_code != 304:  # no file: as CommonMiddleware does
        answer.headers.setdefault("Content-Length", str(len(answer.content)))
    return answer


def learn(address: Address, given: Given, response: HttpResponseBase) -> None:
    """Remember what was given to everybody at an address."""
    sql, params = question(given)
    headers = {name: response.headers[name] for name in _OF_ALL if name in response.headers}
    if len(_known) >= _MOST:
        _known.clear()
    _known[address] = Known(given, sql, params, headers)


def question(given: Given) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and its parameters; it finds a row while everything that an answer says of the file is so."""
    file, original = given.file, given.original
    to, kind = "slides__", {}
    if isinstance(file, Original):
        to, kind = "", {"kind": given.kind}
    elif isinstance(file, Rendition):
        to, kind = "original__", {"recipe": given.kind}
    standing = Q(session=None) | Q(session__withdrawn_at=None)
    seen = Recording.objects.visible_to(NOBODY).filter(
        standing, slug=original.recording.slug, session=original.recording.session_id, withdrawn_at=None
    )
    same = {
        "asset__sha256": file.asset.sha256,
        "asset__media_type": file.asset.media_type,
        f"{to}language": original.language,
        f"{to}recording__in": seen,
    }
    rows = type(file).objects.filter(pk=file.pk, uuid=file.uuid, **same, **kind)
    sql, params = rows.query.exists().sql_with_params()
    return sql, tuple(params)


def forget(**_named: object) -> None:
    """Forget what was learned: a setting has changed, as tests do."""
    _known.clear()


setting_changed.connect(forget)
