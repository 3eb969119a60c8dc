"""PeerTube: what the documented interface of an instance says of a video, with its files where they may be copied."""

import re
from typing import Any
from urllib.parse import urlsplit

from recordings.providers.interface import File, Page
from recordings.providers.line import Line, Trouble
from recordings.providers.saying import list_of, number_of, refused, size_of, text_of

PATH = re.compile(
    r"(?:/w|/videos/(?:watch|embed))/([1-9A-HJ-NP-Za-km-z]{22}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/?"
)


class PeerTube:
    """Videos of any instance: their addresses have a form that no other site's have."""

    name = "peertube"
    label = "PeerTube"

    def recognise(self, url: str) -> str:
        """Return the address to watch it."""
        parts = urlsplit(url)
        found = PATH.fullmatch(parts.path)
        if (
            found is None
            or parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.username is not None
        ):
            return ""
        return f"{parts.scheme}://{parts.netloc.lower()}/w/{found[1]}"

    def look(self, url: str, line: Line) -> Page:
        """Return title, length and files, the largest picture first; none where the owner allows no copy."""
        base, _slash, key = url.rpartition("/w/")
        try:
            said = line.json("GET", f"{base}/api/v1/videos/{key}")
        except Trouble as trouble:
            raise refused(trouble) from trouble
        title = text_of(said, "name")
        files = [
            each for one in (said, *list_of(said, "streamingPlaylists")) for each in list_of(one, "files")
        ]
        best = sorted(files, key=_height, reverse=True) if said.get("downloadEnabled") else []
        return Page(title, number_of(said, "duration"), tuple(filter(None, map(_file, best))))


def _height(file: dict[str, Any]) -> int:
    resolution = file.get("resolution")
    height = resolution.get("id") if isinstance(resolution, dict) else None
    return height if isinstance(height, int) else 0


def _file(file: dict[str, Any]) -> File | None:
    url = file.get("fileDownloadUrl") or file.get("fileUrl")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")) or not _height(file):
        return None
    return File(url=url, kind="video", size=size_of(file, "size"))
