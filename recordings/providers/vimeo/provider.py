"""Vimeo: what its documented oEmbed says of a video. It gives no file without an account of the owner's."""

import re
from urllib.parse import parse_qs, urlsplit

from recordings.providers.interface import Page
from recordings.providers.line import Line, Trouble
from recordings.providers.saying import number_of, refused, text_of

BEFORE = r"video/|manage/videos/|channels/[\w-]+/|groups/[\w-]+/videos/|(?:album|showcase)/[0-9]+/video/"
OPENS = "[0-9a-f]{8,12}"
PATH = re.compile(rf"/(?:{BEFORE})?([0-9]{{5,12}})(?:/({OPENS}))?/?")


class Vimeo:
    """Videos at vimeo.com, those too that are open to who has their address."""

    name = "vimeo"
    label = "Vimeo"

    def __init__(self, oembed: str = "https://vimeo.com/api/oembed.json") -> None:
        self.oembed = oembed

    def recognise(self, url: str) -> str:
        """Return the address to watch it, with the part that opens it where it has one."""
        parts = urlsplit(url)
        found = PATH.fullmatch(parts.path)
        if (parts.hostname or "").rstrip(".") not in ("vimeo.com", "www.vimeo.com", "player.vimeo.com"):
            return ""
        if found is None:
            return ""
        said = found[2] or parse_qs(parts.query).get("h", [""])[0]  # the player's addresses have it there
        return f"https://vimeo.com/{found[1]}{f'/{said}' if re.fullmatch(OPENS, said) else ''}"

    def look(self, url: str, line: Line) -> Page:
        """Return its title and length."""
        try:
            said = line.json("GET", self.oembed, params={"url": url})
        except Trouble as trouble:
            raise refused(trouble) from trouble
        return Page(title=text_of(said, "title"), seconds=number_of(said, "duration"))
