"""Pages with a video of which nothing is known but whether they answer: a recording shared from Zoom, for one."""

from django.utils.translation import gettext_lazy as _

from recordings.catalogue.links import VIDEO_PAGES, matches
from recordings.providers.interface import Page
from recordings.providers.line import Line, Trouble
from recordings.providers.saying import refused


class OtherPages:
    """Known sites with videos. Asked last: it takes what the others leave, channels and lists apart."""

    name = "page"
    label = _("Another site")

    def recognise(self, url: str) -> str:
        """Return the address as it is."""
        return url if matches(url, VIDEO_PAGES[2:]) else ""

    def look(self, url: str, line: Line) -> Page:
        """Return nothing; that it answers is what is to be known."""
        try:
            line.visit(url)
        except Trouble as trouble:
            raise refused(trouble) from trouble
        return Page()
