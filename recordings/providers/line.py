"""One question to a provider over `requests`: checked addresses, bounded answers, and words for what goes wrong."""

import json
import time
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from requests import RequestException, Response
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError

from seminars.elsewhere.addresses import NotPublic, Rule, is_public, session
from seminars.elsewhere.asking import (
    CONNECT_SECONDS,
    MAY_PASS,
    REDIRECTS,
    Refused,
    check_address,
    why_no_answer,
)

READ_SECONDS = 30
MOST_BYTES = 5 * 1024**2
MOST_SECONDS = 200.0
"""Of all questions of one look; a job's lease is 300."""
LONGEST_WAIT = 3600
"""Seconds that a provider may ask us to wait; more is not believed."""


class Trouble(Exception):
    """The provider gave nothing. passing: another try may work, in `after` seconds where it says so. status: HTTP's."""

    def __init__(
        self, words: str, *, passing: bool = False, after: int = 0, expired: bool = False, status: int = 0
    ) -> None:
        super().__init__(words)
        self.passing, self.after, self.expired, self.status = passing, after, expired, status


class Gone(Trouble):
    """What was asked for is not there, or not open to everybody."""


class Line:
    """Asks servers of one provider; follows no redirect. rule: which addresses may be connected to, not a setting.

    seconds: how long all questions together may take, so that a slow provider does not outlive its job's lease.
    """

    def __init__(self, rule: Rule = is_public, *, seconds: float = MOST_SECONDS) -> None:
        self.rule, self.until = rule, time.monotonic() + seconds

    def json(self, method: str, url: str, **more: Any) -> Any:
        """Return the answer as JSON. more: `headers`, `params`, `data`, `auth` as `requests` takes them."""
        body = self._body(method, url, **more)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as wrong:  # the second: thousands of brackets
            raise Trouble(_html(body) or _("The provider's answer cannot be read.")) from wrong

    def xml(self, url: str) -> ElementTree.Element:
        """Return the answer as XML. A document with a type declaration, which could name files or grow, is refused."""
        body = self._body("GET", url)
        if b"<!DOCTYPE" in body[:4096].upper() or b"<!ENTITY" in body.upper():
            raise Trouble(_html(body) or _("The provider's answer cannot be read."))
        try:
            return ElementTree.fromstring(body)  # noqa: S314 — without a declaration nothing can grow
        except ElementTree.ParseError as wrong:
            raise Trouble(_html(body) or _("The provider's answer cannot be read.")) from wrong

    def visit(self, url: str) -> None:
        """See that a web page answers, or leads on, as pages of videos do for visitors from some countries."""
        try:
            self._body("GET", url, most=0)
        except Trouble as trouble:
            if trouble.status not in REDIRECTS:
                raise

    def _body(self, method: str, url: str, *, most: int = MOST_BYTES, **more: Any) -> bytes:
        if time.monotonic() > self.until:
            raise Trouble(_("The provider answers too slowly."), passing=True)
        try:
            check_address(url)
            with session(self.rule).request(
                method,
                url,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                **more,
            ) as answer:
                _refuse(answer)
                return _read(answer, self.until, most) if most else b""
        except Refused as wrong:
            raise Trouble(str(wrong)) from wrong
        except NotPublic as wrong:
            raise Trouble(
                _("The address leads into a private network. Give an address that anybody can open.")
            ) from wrong
        except SSLError as wrong:
            raise Trouble(_("The other server's certificate is not valid.")) from wrong
        except UnicodeError as wrong:  # a name that no server can have
            raise Trouble(_("Give an address that begins with https:// or http://.")) from wrong
        except (RequestException, HTTPError) as wrong:
            raise Trouble(why_no_answer(wrong), passing=True) from wrong


def _refuse(answer: Response) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status == 429:
        raise Trouble(
            _("The provider asks us to wait: too many questions."), passing=True, after=_wait(answer.headers)
        )
    if status in MAY_PASS:
        raise Trouble(
            _("The other server is busy (it answered %(status)s).") % {"status": status}, passing=True
        )
    if status in (400, 401, 403):
        raise Trouble(
            _("The provider does not let us in: check the secret and its rights."),
            expired=status == 401,
            status=status,
        )
    if status in (404, 410):
        raise Trouble(
            _("There is no such thing at the provider: check the address and the account."), status=status
        )
    raise Trouble(_("The provider's answer cannot be read."), status=status)


def _wait(headers: Mapping[str, str]) -> int:
    said = headers.get("Retry-After", "")
    return min(int(said[:9]), LONGEST_WAIT) if said.isascii() and said.isdigit() else 0


def _read(answer: Response, until: float, most: int) -> bytes:
    body = b""
    for block in answer.iter_content(65536):
        body += block
        if time.monotonic() > until:
            raise Trouble(_("The provider answers too slowly."), passing=True)
        if len(body) > most:
            raise Trouble(_("The provider's answer is too long."))
    said = answer.headers.get("Content-Length", "")
    whole = int(said) if said.isascii() and said.isdigit() and len(said) <= 15 else 0
    if "Content-Encoding" not in answer.headers and len(body) < whole:
        raise Trouble(_("The line to the other server dropped."), passing=True)
    return body


def _html(body: bytes) -> str:
    """What to say of a web page in place of data: a sign-in page, or a proxy's."""
    if b"<html" in body[:2048].lower():
        return _("The address leads to a web page, not to the provider's interface. Check the address.")
    return ""
