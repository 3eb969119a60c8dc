"""Fetches a file by its address: public http(s) addresses only, size limited, resumed where a line dropped.

Resuming follows RFC 9110: Range with If-Range and the validator of the part that is here (§13.1.5, §14.2), so that the
rest can only be of the same file; a server that answers 200 sends the whole again, and it starts over.
"""

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.utils.translation import gettext as _
from requests import RequestException, Response
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError

from seminars.elsewhere.addresses import NotPublic, Rule, is_public
from seminars.elsewhere.asking import MAY_PASS, Interrupted, Refused, ask, why_no_answer

MOST_SECONDS = 3 * 3600  # less than the media cluster's limit, so that what is here is written down
BLOCK = 64 * 1024
AGENT = "Meridian (keeps recordings of sessions; asked by an organiser)"


@dataclass(frozen=True)
class Part:
    """What of the file is here.

    done: bytes. total: bytes, None while unknown. validator: ETag or date of the file it is a part of, or empty.
    """

    done: int = 0
    total: int | None = None
    validator: str = ""


Progress = Callable[[Part], None]


def fetch(
    *,
    url: str,
    target: Path,
    part: Part,
    limit: int,
    progress: Progress,
    rule: Rule = is_public,
    headers: Mapping[str, str] | None = None,
) -> Part:
    """Return the whole file's Part once all of it lies at `target`; `part` is what already lies there.

    limit: bytes. progress: called with each 64 KiB block that is on its way to disk. rule: which addresses may be
    connected to; not a setting, so that nobody can open the door from outside. headers: what its server needs besides.
    Raises Refused, Interrupted.
    """
    if part.done and (not part.validator or not target.exists() or target.stat().st_size < part.done):
        part = Part()
    try:
        with ask(url, headers_for(part) | dict(headers or {}), rule) as answer:
            start = where_it_starts(answer, part, limit)
            if start is None:
                return part
            return receive(answer, start, target, limit, progress)
    except Stalemate:
        return fetch(
            url=url,
            target=target,
            part=Part(),
            limit=limit,
            progress=progress,
            rule=rule,
            headers=headers,
        )
    except NotPublic as wrong:
        raise Refused(
            _("The address leads into a private network. Give an address that anybody can open.")
        ) from wrong
    except SSLError as wrong:
        raise Refused(
            _("The other server's certificate is not valid. Download the file, then upload it.")
        ) from wrong
    except (RequestException, HTTPError) as wrong:
        raise Interrupted(why_no_answer(wrong)) from wrong


class Stalemate(Exception):
    """The part that is here does not go with the file that is there: start over."""


def headers_for(part: Part) -> dict[str, str]:
    """Return the headers that ask for what is missing of the file."""
    headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    if part.done:
        headers |= {"Range": f"bytes={part.done}-", "If-Range": part.validator}
    return headers


def where_it_starts(answer: Response, part: Part, limit: int) -> Part | None:
    """Return where in the file the answer's body begins; None when all of it is here already. Raises Refused."""
    status, headers = answer.status_code, answer.headers
    if status == 416 and part.done:
        if content_range(headers.get("Content-Range", ""))[1] == part.done:
            return None
        raise Stalemate
    refuse_status(status)
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise Refused(
            _("The address leads to a web page, not to a file. Give the address of the file itself.")
        )
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(_("The server sends the file compressed. Download it yourself, then upload it here."))
    length = int(headers["Content-Length"]) if headers.get("Content-Length", "").isdigit() else None
    if status == 206:
        start, total = content_range(headers.get("Content-Range", ""))
        fresh = validator_of(answer)
        if not part.done or start != part.done or (fresh and fresh != part.validator):
            raise Stalemate if part.done else Refused(unusable())
        begun = replace(part, total=total)
    else:
        begun = Part(0, length, validator_of(answer))
    if max(begun.total or 0, begun.done + (length or 0)) > limit:
        raise Refused(too_large(limit))
    return begun


def refuse_status(status: int) -> None:
    """Raise Interrupted for an answer that may be better later, Refused for one that will not."""
    if status in (200, 206):
        return
    if status in MAY_PASS:
        raise Interrupted(_("The other server is busy (it answered %(status)s).") % {"status": status})
    if status in (401, 403):
        raise Refused(_("The file is not open to everybody. Share it by a public link, or upload it here."))
    if status in (404, 410):
        raise Refused(_("There is no file at this address (any more). Check the address."))
    raise Refused(unusable())


def unusable() -> str:
    """Return what to say of an answer that makes no sense."""
    return _("The other server's answer cannot be used. Download the file yourself, then upload it here.")


def too_large(limit: int) -> str:
    """Return what to say of a file of more than `limit` bytes."""
    return _("The file is larger than %(limit)s bytes, the most that is taken here.") % {
        "limit": f"{limit:,}"
    }


def content_range(text: str) -> tuple[int | None, int | None]:
    """Return start and total of a Content-Range (RFC 9110 §14.4), each None where it is not said."""
    found = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", text.strip())
    if not found:
        return None, None
    start, total = found.groups()
    return (int(start) if start else None), (int(total) if total != "*" else None)


def validator_of(answer: Response) -> str:
    """Return the strong ETag, else a Last-Modified at least a minute before Date (RFC 9110 §8.8.2.2), else nothing."""
    etag = answer.headers.get("ETag", "")
    if etag.startswith('"') and len(etag) <= 200:
        return etag
    modified = answer.headers.get("Last-Modified", "")
    try:
        age = parsedate_to_datetime(answer.headers["Date"]) - parsedate_to_datetime(modified)
    except (KeyError, ValueError, TypeError):
        return ""
    return modified if age.total_seconds() >= 60 else ""


def receive(answer: Response, part: Part, target: Path, limit: int, progress: Progress) -> Part:
    """Return the whole file's Part, its bytes written to `target` from `part.done` on. Raises Refused, Interrupted."""
    deadline = time.monotonic() + MOST_SECONDS
    with target.open("r+b" if part.done else "wb") as file:
        file.seek(part.done)
        file.truncate()
        try:
            while block := answer.raw.read(BLOCK, decode_content=False):
                part = replace(part, done=part.done + len(block))
                if part.done > limit:
                    raise Refused(too_large(limit))
                file.write(block)
                progress(part)
                if time.monotonic() > deadline:
                    raise Interrupted(_("The other server is too slow."))
        finally:
            file.flush()
            os.fsync(file.fileno())
    if part.total is not None and part.done < part.total:
        raise Interrupted(_("The line to the other server dropped."))
    return replace(part, total=part.done)
