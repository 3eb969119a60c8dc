"""YouTube: what its documented oEmbed says of a video. It gives no file; the organiser uploads their own."""

import re
from urllib.parse import parse_qs, urlsplit

from recordings.providers.interface import Page
from recordings.providers.line import Line, Trouble
from recordings.providers.saying import refused, text_of

HOSTS = re.compile(r"((www|m|music)\.)?youtube(-nocookie)?\.com")
PATHS = re.compile(r"/(?:embed|live|shorts|v|e)/([^/]+)/?")
KEY = re.compile(r"(?!videoseries$|live_stream$)[A-Za-z0-9_-]{11}")
"""Of one video. The two words stand in its place where a list is embedded, or whatever a channel shows just now."""
NOT_EMBEDDED = 401
"""It is there for everybody; its owner only does not let it be shown inside other pages."""


class YouTube:
    """Videos at youtube.com and youtu.be."""

    name = "youtube"
    label = "YouTube"

    def __init__(self, oembed: str = "https://www.youtube.com/oembed") -> None:
        self.oembed = oembed

    def recognise(self, url: str) -> str:
        """Return the address to watch it; lists and channels are none."""
        parts = urlsplit(url)
        host, key = (parts.hostname or "").rstrip("."), ""
        if host == "youtu.be":
            key = parts.path.strip("/")
        elif HOSTS.fullmatch(host) and parts.path.rstrip("/") == "/watch":
            key = parse_qs(parts.query).get("v", [""])[0]
        elif HOSTS.fullmatch(host) and (found := PATHS.fullmatch(parts.path)):
            key = found[1]
        return f"https://www.youtube.com/watch?v={key}" if KEY.fullmatch(key) else ""

    def look(self, url: str, line: Line) -> Page:
        """Return its title; oEmbed says no length."""
        try:
            said = line.json("GET", self.oembed, params={"url": url, "format": "json"})
        except Trouble as trouble:
            if trouble.status == NOT_EMBEDDED:
                return Page()
            raise refused(trouble) from trouble
        return Page(title=text_of(said, "title"))
