"""Somebody else's calendar by its address: public addresses only, asked conditionally, bounded in bytes and time."""

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from requests import RequestException, Response
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError

from seminars.calendars.importing.incoming import MOST_BYTES
from seminars.calendars.importing.reading import too_large
from seminars.elsewhere.addresses import NotPublic, Rule, is_public
from seminars.elsewhere.asking import MAY_PASS, Interrupted, Refused, ask, why_no_answer
from seminars.elsewhere.patience import at_most

MOST_SECONDS = 20
READ_SECONDS = 15
PAGE_SECONDS = 15
"""For who waits for a page: what takes longer is told, so that slow servers never hold all of ours."""
BLOCK = 64 * 1024
AGENT = "Meridian (reads a calendar that an organiser follows)"


@dataclass(frozen=True)
class Fetched:
    """The bytes with their validators; `content` is None where nothing changed (304)."""

    content: bytes | None
    etag: str = ""
    modified: str = ""


def web_address(address: str) -> str:
    """Return the address as it is asked for: webcal is https under another name."""
    address = address.strip()
    scheme, colon, rest = address.partition(":")
    return f"https:{rest}" if colon and scheme.lower() in ("webcal", "webcals") else address


def host_of(address: str) -> str:
    """Return the server's name."""
    return urlsplit(web_address(address)).hostname or ""


def fetch(
    *,
    address: str,
    etag: str = "",
    modified: str = "",
    rule: Rule = is_public,
    within: float | None = None,
) -> Fetched:
    """Return the calendar at `address`. etag, modified: of what is here, so that unchanged bytes are not sent again.

    rule: which addresses may be connected to; not a setting, so that nobody can open the door from outside. within:
    seconds after which the line is cut, whatever it is doing: for who waits for a page. Raises Refused, and Interrupted
    where another try may work.
    """
    headers = {"User-Agent": AGENT, "Accept": "text/calendar, text/csv;q=0.9, */*;q=0.5"}
    headers |= {"Accept-Encoding": "gzip"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": modified} if modified else {}
    with at_most(within) as patience:
        try:
            with ask(web_address(address), headers, rule, seconds=READ_SECONDS) as answer:
                if answer.status_code == 304 and (etag or modified):
                    return Fetched(None, etag, modified)
                _refuse_status(answer.status_code)
                content = b"".join(_blocks(answer))
        except (NotPublic, RequestException, HTTPError, OSError) as wrong:
            raise _told(wrong, late=patience.over) from wrong
        if patience.over:  # what looks like the end may be where it was cut
            raise Interrupted(too_slow())
    return Fetched(content, *(_validator(answer, name) for name in ("ETag", "Last-Modified")))


def too_slow() -> str:
    """Return what to say of a server that takes too long."""
    return _("The other server is too slow.")


# Below: how it is done.


def _told(wrong: Exception, *, late: bool) -> Refused | Interrupted:
    """What to tell of an error on the line; late: it was cut, whatever the line made of that."""
    if late:
        return Interrupted(too_slow())
    if isinstance(wrong, NotPublic):
        return Refused(_("The address leads into a private network. Give an address that anybody can open."))
    if isinstance(wrong, SSLError):
        words = _(
            "The other server's certificate is not valid. Save the calendar as a file, and import that."
        )
        return Refused(words)
    return Interrupted(why_no_answer(wrong))


def _refuse_status(status: int) -> None:
    if status == 200:
        return
    said = {"status": status}
    if status in MAY_PASS:
        raise Interrupted(_("The other server is busy (it answered %(status)s).") % said)
    if status in (401, 403):
        raise Refused(_("The calendar is not open to everybody. Ask its owner for its public address."))
    if status in (404, 410):
        raise Refused(_("There is no calendar at this address (any more). Check the address."))
    raise Refused(_("The other server's answer cannot be used (it answered %(status)s).") % said)


def _blocks(answer: Response) -> Iterator[bytes]:
    """The body, unpacked where it is gzip; never more than the bound, packed or not."""
    packed = answer.headers.get("Content-Encoding", "identity").lower()
    if packed not in ("identity", "gzip", ""):
        raise Refused(_("The other server sends the calendar packed in a way that is not read here."))
    unpacker = zlib.decompressobj(wbits=31) if packed == "gzip" else None
    deadline, size = time.monotonic() + MOST_SECONDS, 0
    while block := answer.raw.read(BLOCK, decode_content=False):
        try:
            block = unpacker.decompress(block, MOST_BYTES - size + 1) if unpacker else block
        except zlib.error as wrong:
            raise Refused(_("The other server's answer cannot be unpacked.")) from wrong
        size += len(block)
        if size > MOST_BYTES:
            raise Refused(too_large())
        if time.monotonic() > deadline:
            raise Interrupted(too_slow())
        yield block
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and answer.raw.tell() < int(length):
        raise Interrupted(_("The line to the other server dropped."))


def _validator(answer: Response, name: str) -> str:
    value = str(answer.headers.get(name, ""))
    most = 300 if name == "ETag" else 80
    return value if len(value) <= most and value.isprintable() and value.isascii() else ""
