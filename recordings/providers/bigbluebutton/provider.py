"""BigBlueButton's API as its documentation has it: getRecordings, signed with a checksum of the shared secret."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordings.providers.interface import File, Piece, Setting, Values
from recordings.providers.line import Line, Trouble

ADDRESS, SECRET = "address", "secret"
VIDEO_ENDINGS = (".mp4", ".m4v", ".webm", ".mov")
FILE_OF_FORMAT = {"video": ("video-0.m4v", "video"), "podcast": ("audio.ogg", "audio")}
"""By format of playback: the file in its folder, and what it is."""


class BigBlueButton:
    """A server, or a load balancer in front of several (Scalelite speaks the same)."""

    name = "bigbluebutton"
    label = "BigBlueButton"
    settings = (
        Setting(
            ADDRESS,
            gettext_lazy("Address of the server's interface"),
            gettext_lazy("As “bbb-conf --secret” says it, such as https://bbb.example.org/bigbluebutton/"),
        ),
        Setting(SECRET, gettext_lazy("Shared secret"), secret=True),
    )

    def check(self, values: Values, line: Line, *, now: datetime) -> str:
        """Return how many recordings the server has."""
        found = self._ask(values, line, "getRecordings", {"state": "published,unpublished"})
        number = len(found.findall("./recordings/recording"))
        return _("The server answers. It has %(number)d recordings.") % {"number": number}

    def pieces(self, values: Values, line: Line, *, since: datetime, until: datetime) -> Iterable[Piece]:
        """Return those that are processed; the interface knows no days, so they are chosen here."""
        found = self._ask(values, line, "getRecordings", {"state": "published,unpublished"})
        pieces = (_piece(each) for each in found.findall("./recordings/recording"))
        return [each for each in pieces if each and since <= each.began_at <= until and each.files]

    def headers(self, values: Values, line: Line) -> dict[str, str]:
        """Playback files need none."""
        return {}

    def holds(self, values: Values, url: str) -> bool:
        """Its own host; recordings may lie on another, which needs no headers either."""
        return urlsplit(url).hostname == urlsplit(values[ADDRESS]).hostname

    def _ask(self, values: Values, line: Line, call: str, given: dict[str, str]) -> Element:
        query = urlencode(given)
        checksum = hashlib.sha256(f"{call}{query}{values[SECRET]}".encode()).hexdigest()
        base = values[ADDRESS].rstrip("/")
        base = base if base.endswith("/api") else f"{base}/api"
        found = line.xml(f"{base}/{call}?{query}&checksum={checksum}")
        if found.findtext("returncode") != "SUCCESS":
            if found.findtext("messageKey") == "checksumError":
                raise Trouble(_("The provider does not let us in: check the secret and its rights."))
            raise Trouble(
                _("The server refuses: %(words)s") % {"words": (found.findtext("message") or "?")[:200]}
            )
        return found


def _piece(found: Element) -> Piece | None:
    key, began = found.findtext("recordID") or "", _moment(found.findtext("startTime"))
    if not key or began is None:
        return None
    files = [_file(each) for each in found.findall("./playback/format")]
    return Piece(
        key=key,
        title=(found.findtext("name") or "").strip(),
        meeting=(found.findtext("meetingID") or "").strip(),
        began_at=began,
        ended_at=_moment(found.findtext("endTime")),
        files=tuple(each for each in files if each),
    )


def _file(found: Element) -> File | None:
    """The file of one format; a presentation is a player's page and no file."""
    kind, url = (found.findtext("type") or "").strip(), (found.findtext("url") or "").strip()
    if kind not in FILE_OF_FORMAT or not url:
        return None
    name, means = FILE_OF_FORMAT[kind]
    try:
        if not urlsplit(url).path.lower().endswith((*VIDEO_ENDINGS, ".ogg", ".mp3", ".m4a")):
            url = urljoin(url if url.endswith("/") else f"{url}/", name)
    except ValueError:  # brackets in the host
        return None
    size = found.findtext("size") or ""
    fits = size.isascii() and size.isdigit() and len(size) <= 15
    return File(url=url, kind=means, size=int(size) if fits else None, name=name)


def _moment(text: str | None) -> datetime | None:
    """Milliseconds since 1970 as it writes them; None where they are none."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 14):
        return None
    return datetime.fromtimestamp(int(text) / 1000, tz=UTC)
