"""Polls as they come over the wire, where they are plain (RFC 9112): read without the rest of a web server.

What is not plain to the letter is None, and is read by the web server itself, which knows all of HTTP.
"""

import re
from typing import Any

from django.conf import settings

MOST = 8192
"""Bytes of a request that can be plain."""
_PLAIN = re.compile(
    rb"(GET|HEAD) (/[A-Za-z0-9._-][A-Za-z0-9._/-]*\.ics)(?:\?([!$&-;=?@A-Z_a-z~%]*))? HTTP/1\.1\r\n"
    rb"((?:[A-Za-z-]+:[ -~]*\r\n)+)\r\n"  # each line in one way only: a loop that tries all would hold up everybody
)
_TAKEN = {
    b"host": "HTTP_HOST",
    b"user-agent": "HTTP_USER_AGENT",
    b"cookie": "HTTP_COOKIE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"connection": "HTTP_CONNECTION",
}
_PROTO = b"x-forwarded-proto"
_OF_NO_WEIGHT = frozenset(
    b"accept accept-language accept-charset cache-control pragma referer from dnt priority x-forwarded-for "
    b"x-real-ip sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user".split()
)


def read(raw: bytes) -> dict[str, Any] | None:
    """Return the WSGI environ of one whole poll without a body, as far as its answer needs it; else None."""
    if (found := _PLAIN.fullmatch(raw)) is None:
        return None
    method, path, query, lines = found.groups()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method.decode(),
        "PATH_INFO": path.decode(),
        "QUERY_STRING": query.decode() if query else "",
        "wsgi.url_scheme": "http",
    }
    for line in lines.split(b"\r\n")[:-1]:
        name, _colon, value = line.partition(b":")
        name = name.lower()
        key = _TAKEN.get(name)
        if key is None:
            if name in _OF_NO_WEIGHT:
                continue
            if (
                name != _PROTO or not settings.SECURE_PROXY_SSL_HEADER
            ):  # else it would be the server's to weigh
                return None
            key = "HTTP_X_FORWARDED_PROTO"
        if key in environ:
            return None
        environ[key] = value.decode().strip()
    wanted = environ.get("HTTP_CONNECTION", "keep-alive").lower()
    return environ if "HTTP_HOST" in environ and wanted in {"keep-alive", "close"} else None
