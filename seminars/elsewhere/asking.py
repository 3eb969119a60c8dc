"""One question to somebody else's server: checked addresses, few redirects, and words for what goes wrong."""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _
from requests import Response
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import NameResolutionError

from seminars.elsewhere.addresses import Rule, session

MOST_REDIRECTS = 5
CONNECT_SECONDS, READ_SECONDS = 10, 30
REDIRECTS = (301, 302, 303, 307, 308)
MAY_PASS = (408, 425, 429, 500, 502, 503, 504)
"""Answers that may be better later."""


class Refused(Exception):
    """Nothing will come from this address; the message says why and what to do."""


class Interrupted(Exception):
    """The line dropped or the server is busy: another try may work. The message says so."""


def check_address(url: str) -> None:
    """Raise Refused unless `url` is an http or https address with a host and without a password."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or " " in url or not url.isprintable():  # controls, and halves of letters
        raise Refused(_("Give an address that begins with https:// or http://."))
    if parts.username is not None:
        raise Refused(_("The address contains a name or password. Give one that opens without."))


def ask(
    url: str, headers: Mapping[str, str], rule: Rule, *, seconds: float = READ_SECONDS, method: str = "GET"
) -> Response:
    """Return the answer, its body not yet read, after at most 5 redirects; each is checked like the first.

    An Authorization among the headers goes to the first host only, and never from https to http.

    rule: which addresses may be connected to. seconds: of silence at most. Raises Refused, NotPublic, and what
    `requests` raises for a broken line.
    """
    for _hop in range(MOST_REDIRECTS + 1):
        check_address(url)
        try:
            answer = session(rule).request(
                method,
                url,
                headers=dict(headers),
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, seconds),
            )
        except (InvalidURL, InvalidSchema, MissingSchema, UnicodeError) as wrong:
            raise Refused(_("Give an address that begins with https:// or http://.")) from wrong
        if answer.status_code not in REDIRECTS or "Location" not in answer.headers:
            return answer
        answer.close()
        before, url = url, urljoin(url, answer.headers["Location"])
        if not _same_place(before, url):
            headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
    raise Refused(_("The address leads from one to the next without an end. Give the file's own address."))


def why_no_answer(wrong: Exception) -> str:
    """Return what to tell of an error on the line."""
    cause = getattr(wrong.args[0], "reason", None) if wrong.args else None
    if isinstance(cause, NameResolutionError):
        return _("The server's name is not known. Check the address.")
    return _("The line to the other server dropped, or it did not answer.")


def _same_place(before: str, after: str) -> bool:
    """Return whether a redirect stays where a secret may go: the same scheme, host and port."""
    one, other = urlsplit(before), urlsplit(after)
    return (one.scheme, one.netloc.lower()) == (other.scheme, other.netloc.lower())
