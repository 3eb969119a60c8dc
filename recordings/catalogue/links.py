"""Addresses that people paste but that are no files: rooms of meetings, pages of video sites. Pure."""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

MEETINGS = [
    (r"(.+\.)?zoom(gov)?\.(us|com)", r"/(j|s|my|w|wc|meeting)/"),
    (r"teams\.(microsoft|live)\.com", r"/(l/meetup-join|meet|dl/launcher)"),
    (r"meet\.google\.com", r"/"),
    (r"(.+\.)?webex\.com", r"/(meet|join|webappng|wbxmjs|[^/]+/j\.php)"),
    (
        r"(meet\.jit\.si|whereby\.com|.+\.whereby\.com|(app\.)?goto\.com|(.+\.)?gotomeeting\.com|join\.skype\.com)",
        r"/",
    ),
]
VIDEO_PAGES = [
    (r"((www|m|music)\.)?youtube(-nocookie)?\.com|youtu\.be", r"/"),
    (r"((www|player)\.)?vimeo\.com", r"/"),
    (r"(.+\.)?zoom(gov)?\.(us|com)", r"/rec/"),
    (r"((www|m)\.)?(facebook|dailymotion|loom|twitch)\.(com|tv)|fb\.watch", r"/"),
]


class NotAFile(Exception):
    """The address is known to lead to something else than a file; the message says to what, and what to do."""


def refuse_pages(url: str) -> None:
    """Raise NotAFile for the address of a meeting or of a video site's page."""
    if matches(url, MEETINGS):
        raise NotAFile(
            _("This is the link to a meeting, not to its recording. Give the address of the recorded file.")
        )
    if matches(url, VIDEO_PAGES):
        raise NotAFile(
            _("This is a page of a video site. The archive keeps its own copy: upload the file instead.")
        )


def matches(url: str, known: list[tuple[str, str]]) -> bool:
    """Return whether the address has one of these hosts and path beginnings."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return any(re.fullmatch(h, host) and re.match(p, parts.path or "/") for h, p in known)
