"""What sites say of one video, read with care: any key may be missing, or be anything."""

from typing import Any

from django.utils.translation import gettext as _

from recordings.providers.line import Gone, Trouble

LONGEST_TITLE = 300
MOST_SECONDS = 7 * 24 * 3600


def refused(trouble: Trouble) -> Trouble:
    """Return the trouble as what it means for a video's page: Gone where it is not there, or not for everybody."""
    if trouble.status in (400, 404, 410):
        return Gone(_("There is no such video any more."), status=trouble.status)
    if trouble.status in (401, 403):
        return Gone(_("The video is not open to everybody there."), status=trouble.status)
    return trouble


def text_of(said: Any, name: str) -> str:
    """Return one text of an answer, "" where it has none. Raises Trouble where it is no answer about a video."""
    if not isinstance(said, dict):
        raise Trouble(_("The provider's answer cannot be read."))
    found = said.get(name)
    return " ".join(found.split())[:LONGEST_TITLE].replace("\x00", "") if isinstance(found, str) else ""


def number_of(said: dict[str, Any], name: str) -> float | None:
    """Return a length in seconds, None where it is none."""
    found = said.get(name)
    fits = isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < MOST_SECONDS
    return float(found) if fits and found is not None else None
