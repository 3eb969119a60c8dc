"""Every provider, by name. A new one is a folder and a line here."""

from recordings.providers.bigbluebutton.provider import BigBlueButton
from recordings.providers.interface import Pages, Provider
from recordings.providers.otherpages.provider import OtherPages
from recordings.providers.peertube.provider import PeerTube
from recordings.providers.vimeo.provider import Vimeo
from recordings.providers.youtube.provider import YouTube
from recordings.providers.zoom.provider import Zoom

PROVIDERS: dict[str, Provider] = {each.name: each for each in (BigBlueButton(), Zoom())}
PAGES: dict[str, Pages] = {each.name: each for each in (YouTube(), Vimeo(), PeerTube(), OtherPages())}


def page_of(url: str) -> tuple[Pages, str] | None:
    """Return whose page of a video `url` is, with the one address of that video; None where it is none."""
    for site in PAGES.values():
        try:
            address = site.recognise(url)
        except ValueError:  # brackets in the host
            return None
        if address:
            return site, address
    return None
