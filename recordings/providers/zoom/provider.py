"""Zoom's API: a token by server-to-server OAuth, then an account's cloud recordings, a month at a time."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordings.providers.interface import File, Piece, Setting, Values
from recordings.providers.line import Line, Trouble
from recordings.providers.saying import list_of, size_of

ACCOUNT, CLIENT, SECRET, KEPT = "account", "client", "secret", "kept"
SIGN_IN, API = "https://zoom.us", "https://api.zoom.us/v2"
AT_ONCE = 300
MOST_PAGES = 50
MONTH = timedelta(days=29)
"""Zoom answers for a month at most."""
KINDS = {"MP4": "video", "M4A": "audio", "TRANSCRIPT": "captions", "CC": "captions"}
BEST = (
    "shared_screen_with_speaker_view(CC)",
    "shared_screen_with_speaker_view",
    "shared_screen_with_gallery_view",
    "shared_screen",
    "active_speaker",
    "speaker_view",
    "gallery_view",
)
"""Of several videos of one meeting the first of these is the recording."""


class Zoom:
    """The account of an organisation."""

    name = "zoom"
    label = "Zoom"
    settings = (
        Setting(ACCOUNT, gettext_lazy("Account ID")),
        Setting(CLIENT, gettext_lazy("Client ID")),
        Setting(
            SECRET,
            gettext_lazy("Client secret"),
            gettext_lazy("Of a server-to-server OAuth app with the right to read recordings."),
            secret=True,
        ),
        Setting(
            KEPT,
            gettext_lazy("Days after which Zoom deletes recordings"),
            gettext_lazy("As your account is set, such as 30. Empty: never, or Zoom says it itself."),
            needed=False,
        ),
    )

    def __init__(self, sign_in: str = SIGN_IN, api: str = API) -> None:
        self.sign_in, self.api = sign_in, api

    def check(self, values: Values, line: Line, *, now: datetime) -> str:
        """Return how many recordings the last month has."""
        number = len(list(self.pieces(values, line, since=now - MONTH, until=now)))
        return _("Zoom answers. The last month has %(number)d recordings.") % {"number": number}

    def pieces(self, values: Values, line: Line, *, since: datetime, until: datetime) -> Iterable[Piece]:
        """Return those that are processed."""
        headers = self.headers(values, line)
        found: list[Piece] = []
        start = since
        while start <= until:
            end = min(start + MONTH, until)
            for meeting in self._meetings(values, line, headers, start, end):
                piece = _piece(meeting, values)
                if piece and since <= piece.began_at <= until and piece.files:
                    found.append(piece)
            start = end + timedelta(days=1)
        return list({each.key: each for each in found}.values())

    def headers(self, values: Values, line: Line) -> dict[str, str]:
        """Return the token of the next hour. It is asked for afresh each time, so that none is ever kept."""
        answer = line.json(
            "POST",
            f"{self.sign_in}/oauth/token",
            params={"grant_type": "account_credentials", "account_id": values[ACCOUNT]},
            auth=(values[CLIENT].encode(), values[SECRET].encode()),  # text would have to be Latin-1
        )
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Trouble(_("The provider does not let us in: check the secret and its rights."))
        return {"Authorization": f"Bearer {token}"}

    def holds(self, values: Values, url: str) -> bool:
        """Return whether the address is Zoom's own."""
        host, own = urlsplit(url).hostname or "", urlsplit(self.sign_in).hostname or ""
        return (
            host == own or host.endswith((".zoom.us", ".zoomgov.com")) or host in {"zoom.us", "zoomgov.com"}
        )

    def _meetings(
        self, values: Values, line: Line, headers: dict[str, str], start: datetime, end: datetime
    ) -> Iterator[dict[str, Any]]:
        """Meetings of a month, page by page. A token that ends in between is renewed once."""
        page, renewed = "", False
        for _page in range(MOST_PAGES):
            params = {
                "from": start.date().isoformat(),
                "to": end.date().isoformat(),
                "page_size": str(AT_ONCE),
                "next_page_token": page,
            }
            try:
                answer = line.json(
                    "GET", f"{self.api}/accounts/me/recordings", params=params, headers=headers
                )
            except Trouble as wrong:
                if not wrong.expired or renewed:
                    raise
                headers.update(self.headers(values, line))
                renewed = True
                continue
            if not isinstance(answer, dict):
                raise Trouble(_("The provider's answer cannot be read."))
            yield from list_of(answer, "meetings")
            page = str(answer.get("next_page_token") or "")
            if not page:
                return


def _piece(meeting: dict[str, Any], values: Values) -> Piece | None:
    began, key = _moment(meeting.get("start_time")), str(meeting.get("uuid") or "")
    if began is None or not key:
        return None
    minutes = meeting.get("duration")
    length = timedelta(minutes=minutes) if isinstance(minutes, int) and 0 < minutes < 100_000 else None
    files = list_of(meeting, "recording_files")
    if any(each.get("status") == "processing" for each in files):
        return None  # the next look finds it whole
    return Piece(
        key=key,
        title=str(meeting.get("topic") or "").strip(),
        meeting=str(meeting.get("id") or ""),
        began_at=began,
        ended_at=began + length if length else None,
        expires_at=_expires(meeting, values, began),
        files=tuple(_files(files)),
    )


def _files(found: list[dict[str, Any]]) -> Iterator[File]:
    """The best video, else the sound, and the captions. The chat is nobody's to publish."""
    videos = [each for each in found if each.get("file_type") == "MP4"]
    videos.sort(
        key=lambda each: (
            BEST.index(each["recording_type"]) if each.get("recording_type") in BEST else len(BEST)
        )
    )
    sounds = [each for each in found if each.get("file_type") == "M4A"]
    captions = [each for each in found if each.get("file_type") in ("TRANSCRIPT", "CC")]
    for each in [*videos[:1], *([] if videos else sounds[:1]), *captions[:1]]:
        url = each.get("download_url")
        if isinstance(url, str) and url:
            kind = KINDS[str(each["file_type"])]
            yield File(url=url, kind=kind, size=size_of(each, "file_size"), name=str(each["file_type"]))


def _expires(meeting: Mapping[str, Any], values: Values, began: datetime) -> datetime | None:
    """As Zoom says it; else as the account's setting does."""
    if meeting.get("auto_delete") and (said := _moment(meeting.get("auto_delete_date"))):
        return said
    kept = values.get(KEPT, "").strip()
    days = int(kept) if kept.isascii() and kept.isdigit() and len(kept) <= 4 else 0
    return began + timedelta(days=days) if days else None


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    if not 2000 <= moment.year < 2200:  # no date of a recording, and there must be room to reckon around it
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
