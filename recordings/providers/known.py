"""Every provider, by name. A new one is a folder and a line here."""

from recordings.catalogue.links import VIDEO_PAGES, matches
from recordings.providers.bigbluebutton.provider import BigBlueButton
from recordings.providers.interface import Pages, Provider
from recordings.providers.otherpages.provider import OtherPages
from recordings.providers.peertube.provider import PeerTube
from recordings.providers.vimeo.provider import Vimeo
from recordings.providers.youtube.provider import YouTube
from recordings.providers.zoom.provider import Zoom

PROVIDERS: dict[str, Provider] = {each.name: each for each in (BigBlueButton(), Zoom())}
PAGES: dict[str, Pages] = {each.name: each for each in (YouTube(), Vimeo(), PeerTube(), OtherPages())}

LISTS = [*VIDEO_PAGES[:2], (r".+", r"/(w/p|videos/watch/playlist)/")]
"""Where each single video is recognised, so that any other address is of none."""


class NotOne(Exception):
    """The address is of a site with videos, and leads to no single one."""


def page_of(url: str) -> tuple[Pages, str] | None:
    """Return whose page of a video `url` is, with the one address of that video; None where it is none.

    Raises NotOne for a channel, a list or the like.
    """
    try:
        for site in PAGES.values():
            if address := site.recognise(url):
                return site, address
        if matches(url, LISTS):
            raise NotOne
    except ValueError:  # brackets in the host
        return None
    return None
